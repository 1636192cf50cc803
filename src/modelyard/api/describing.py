"""Changes of what is said about models: yanked versions, deprecations, owners; of one model or of many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from modelyard.api.changing import change
from modelyard.lifecycle.choose import choose_models
from modelyard.lifecycle.deprecate import deprecate, undeprecate
from modelyard.lifecycle.edits import enumerated
from modelyard.lifecycle.together import together
from modelyard.lifecycle.transfer import transfer
from modelyard.lifecycle.yank import unyank, yank

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelyard.api.changing import Proposed
    from modelyard.api.checkout import Checkout
    from modelyard.git.objects import ObjectReader
    from modelyard.lifecycle.edits import Edits
    from modelyard.names import ModelName, VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["deprecate_models", "transfer_models", "yank_versions"]


def yank_versions(
    checkout: Checkout,
    version_ids: Sequence[VersionId],
    *,
    reason: str | None,
    undo: bool = False,
    branch: str | None = None,
    dry_run: bool = False,
) -> Proposed:
    """Yank versions, or take that back; see :mod:`modelyard.lifecycle.yank`."""
    unique = tuple(dict.fromkeys(version_ids))
    title = f"{'Un-yank' if undo else 'Yank'} {enumerated(unique, 'versions')}"

    def plan(base: Snapshot, _reader: ObjectReader) -> Edits:
        plans = [_yanking(version_id, reason, undo=undo) for version_id in unique]
        return together(plans, base, title=title)

    return change(checkout, plan, branch=branch, dry_run=dry_run)


def _yanking(version_id: VersionId, reason: str | None, *, undo: bool) -> Callable[[Snapshot], Edits]:
    return partial(unyank, version_id, reason=reason) if undo else partial(yank, version_id, reason or "")


def deprecate_models(
    checkout: Checkout,
    words: Sequence[str],
    *,
    reason: str | None,
    replacement: ModelName | None = None,
    undo: bool = False,
    branch: str | None = None,
    dry_run: bool = False,
) -> Proposed:
    """Deprecate models, or take that back; see :mod:`modelyard.lifecycle.deprecate`.

    :param words: names, or patterns of names.
    """

    def plan(base: Snapshot, _reader: ObjectReader) -> Edits:
        names = choose_models(words, base)
        plans: list[Callable[[Snapshot], Edits]] = [
            partial(undeprecate, name, reason=reason)
            if undo
            else partial(deprecate, name, reason or "", replacement=replacement)
            for name in names
        ]
        title = f"{'Un-deprecate' if undo else 'Deprecate'} {enumerated(names, 'models')}"
        return together(plans, base, title=title)

    return change(checkout, plan, branch=branch, dry_run=dry_run)


def transfer_models(
    checkout: Checkout,
    words: Sequence[str],
    owners: Sequence[str],
    *,
    reason: str | None = None,
    branch: str | None = None,
    dry_run: bool = False,
) -> Proposed:
    """Give models other owners; see :func:`modelyard.lifecycle.transfer.transfer`.

    :param words: names, or patterns of names.
    """

    def plan(base: Snapshot, _reader: ObjectReader) -> Edits:
        names = choose_models(words, base)
        plans = [partial(transfer, name, owners, reason=reason) for name in names]
        return together(plans, base, title=f"Transfer {enumerated(names, 'models')} to {', '.join(owners)}")

    return change(checkout, plan, branch=branch, dry_run=dry_run)
