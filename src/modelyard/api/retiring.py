"""Retirement, of versions that somebody names or of those that the policy lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.changing import NothingToDo, change
from modelyard.history import stage_events
from modelyard.lifecycle.choose import choose_models
from modelyard.lifecycle.retention import beyond_newest, plan_retention
from modelyard.lifecycle.retire import retire
from modelyard.lifecycle.rollback import way_back
from modelyard.names import VersionId
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.api.changing import Proposed
    from modelyard.api.checkout import Checkout
    from modelyard.git.objects import ObjectReader
    from modelyard.lifecycle.edits import Edits
    from modelyard.snapshot import Snapshot

__all__ = ["BEYOND_POLICY", "retire_by_policy", "retire_versions"]

BEYOND_POLICY = "Beyond the newest versions that the policy keeps."
"""Why the policy retires a version, where nobody says it better."""


def retire_versions(
    checkout: Checkout,
    version_ids: Sequence[VersionId],
    reason: str,
    *,
    branch: str | None = None,
    dry_run: bool = False,
) -> Proposed:
    """Retire versions; see :func:`modelyard.lifecycle.retire.retire`."""
    return change(checkout, lambda base, _reader: retire(version_ids, reason, base), branch=branch, dry_run=dry_run)


def retire_by_policy(
    checkout: Checkout,
    names: Sequence[str] = (),
    reason: str = BEYOND_POLICY,
    *,
    branch: str | None = None,
    dry_run: bool = True,
) -> Proposed:
    """Retire what the policy lets go of all models, or of those that names and patterns of names say.

    Where nothing goes, nothing is written, and the answer has no deeds.

    :raises UsageError: there is no such model, or the policy does not say how many versions stay.
    :raises NotFinished: the clone's history is cut off, so nobody knows what a roll back would need.
    """
    left_out: tuple[str, ...] = ()

    def plan(base: Snapshot, reader: ObjectReader) -> Edits:
        nonlocal left_out
        candidates = beyond_newest(choose_models(names, base) if names else base.model_names, base)
        retirement = plan_retention(candidates, base, ways_back=_ways_back(candidates, base, reader))
        left_out = tuple(f"{version_id}: {why}" for version_id, why in sorted(retirement.staying.items()))
        if not retirement.going:
            raise NothingToDo("Retire nothing")
        return retire(retirement.going, reason, base)

    return replace(change(checkout, plan, branch=branch, dry_run=dry_run), left_out=left_out)


def _ways_back(candidates: Sequence[VersionId], base: Snapshot, reader: ObjectReader) -> dict[VersionId, str]:
    """Return what a roll back of each stage that a candidate's model is in would go to."""
    found: dict[VersionId, str] = {}
    for name in sorted({version_id.name for version_id in candidates}):
        for stage in base.stage_names:
            if name not in base.models_in(stage):
                continue
            events = stage_events(reader, reader.commit_id("HEAD"), stage, name)
            version = way_back(name, stage, base, (event.promotion for event in events if event.promotion))
            if version:
                found.setdefault(VersionId(name, version), stage)
    return found
