"""Several changes as one: each sees what the ones before it have done, and all of them are one commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.lifecycle.edits import Edits
from modelyard.snapshot import Snapshot
from modelyard.tree import OverlayTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["together"]


def together(plans: Iterable[Callable[[Snapshot], Edits]], snapshot: Snapshot, *, title: str) -> Edits:
    """Return the edits of all plans as one change; those of a single one are returned as they are.

    :param title: the title of several.
    :raises UsageError: there is no plan.
    :raises ModelyardError: whatever a plan raises; then there is no change at all.
    """
    changes: dict[str, bytes | None] = {}
    done: list[Edits] = []
    for plan in plans:
        done.append(plan(Snapshot(OverlayTree(snapshot.tree, changes)) if changes else snapshot))
        changes.update(done[-1].changes)
    if not done:
        raise UsageError("nothing is named", hint="name a model or a version")
    first, *more = done
    if not more:
        return first
    deeds = tuple(deed for edits in done for deed in edits.deeds)
    listed = "\n".join(f"- {deed.words}" for deed in deeds)
    return Edits(
        {path: content for path, content in changes.items() if content is not None},
        title=title,
        branch=f"{first.branch}-and-{len(more)}-more",
        removed=tuple(path for path, content in changes.items() if content is None),
        body=f"{first.body}\n\n{listed}" if first.body else listed,
        deeds=deeds,
    )
