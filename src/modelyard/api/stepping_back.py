"""Steps back: a stage returns to an earlier version, or a model leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.changing import change
from modelyard.api.having import find_bytes
from modelyard.history import stage_events
from modelyard.lifecycle.demote import DemotionRequest, demote
from modelyard.lifecycle.rollback import RollbackRequest, roll_back
from modelyard.names import VersionId
from modelyard.values import replace

if TYPE_CHECKING:
    from modelyard.api.changing import Proposed
    from modelyard.api.checkout import Checkout
    from modelyard.git.objects import ObjectReader
    from modelyard.lifecycle.edits import Edits
    from modelyard.snapshot import Snapshot

__all__ = ["demote_model", "roll_back_stage"]


def roll_back_stage(
    checkout: Checkout, request: RollbackRequest, *, branch: str | None = None, dry_run: bool = False
) -> Proposed:
    """Let a stage return to what served before; see :func:`modelyard.lifecycle.rollback.roll_back`.

    That the version's bytes still exist is made sure of before anything is written.

    :raises Refused: nothing served before, the gate refuses what did, or its documents have faults.
    :raises NotFinished: its bytes are not to be had, or the clone's history is cut off.
    """
    remarks: list[str] = []

    def plan(base: Snapshot, reader: ObjectReader) -> Edits:
        events = stage_events(reader, reader.commit_id("HEAD"), request.stage, request.name)
        past = (event.promotion for event in events if event.promotion)
        edits = roll_back(request, base, past)
        (deed,) = edits.deeds
        if deed.version:
            remark = find_bytes(checkout, base.version(VersionId(request.name, deed.version)))
            remarks.extend([remark] if remark else [])
        return edits

    return replace(change(checkout, plan, branch=branch, dry_run=dry_run), remarks=tuple(remarks))


def demote_model(
    checkout: Checkout, request: DemotionRequest, *, branch: str | None = None, dry_run: bool = False
) -> Proposed:
    """Take a model out of a stage, or back to a version in it; see :func:`modelyard.lifecycle.demote.demote`."""
    return change(checkout, lambda base, _reader: demote(request, base), branch=branch, dry_run=dry_run)
