"""MY620: does the archive of retired versions keep every line that it ever had?"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from modelyard.rules.claims import Claim, claim_of
from modelyard.rules.differences import first_differing_line
from modelyard.rules.restoring import restore
from modelyard.rules.rule import Finding

if TYPE_CHECKING:
    from modelyard.rules.rule import Findings, Transition
    from modelyard.tree import Tree

__all__ = ["append_only"]


def append_only(transition: Transition) -> Findings:
    """An archive only grows at its end: what the base's file holds, the head's begins with.

    Bad:
        -{"version": "1.0.0", "accuracy": 0.81}
        +{"version": "1.0.0", "accuracy": 0.91}
    Good:
         {"version": "1.0.0", "accuracy": 0.81}
        +{"version": "1.0.1", "accuracy": 0.84}
    """
    for path in transition.changes.files:
        if claim_of(path) is not Claim.ARCHIVE:
            continue
        before, after = _bytes(transition.base.tree, path), _bytes(transition.head.tree, path)
        if before is None or (after is not None and after.startswith(before)):
            continue
        hint = f"{restore(transition, path)}; then write new lines at the end"
        if after is None:
            yield Finding(path, f"{path} is gone, but an archive only grows", hint)
        else:
            place = next((place for _what, place in first_differing_line(before, after)), None)
            yield Finding(path, "what was there is changed, but an archive only grows at its end", hint, place)


def _bytes(tree: Tree, path: str) -> bytes | None:
    leaf = tree.leaf(path)
    if leaf is None or not leaf.kind.is_file:
        return None
    target = BytesIO()
    tree.stream(path, target)
    return target.getvalue()
