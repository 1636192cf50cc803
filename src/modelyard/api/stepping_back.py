"""Steps back: a stage returns to an earlier version, or a model leaves it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from modelyard.api.changing import change
from modelyard.api.having import find_bytes
from modelyard.errors import UsageError
from modelyard.history import stage_events
from modelyard.lifecycle.choose import choose_models
from modelyard.lifecycle.demote import DemotionRequest, demote
from modelyard.lifecycle.edits import enumerated
from modelyard.lifecycle.rollback import RollbackRequest, roll_back
from modelyard.lifecycle.stage_document import require_stage
from modelyard.lifecycle.together import together
from modelyard.names import VersionId
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelyard.api.changing import Proposed
    from modelyard.api.checkout import Checkout
    from modelyard.git.objects import ObjectReader
    from modelyard.lifecycle.edits import Edits
    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot

__all__ = ["demote_models", "roll_back_stage"]


def roll_back_stage(
    checkout: Checkout,
    words: Sequence[str],
    request: Callable[[ModelName], RollbackRequest],
    *,
    stage: str,
    branch: str | None = None,
    dry_run: bool = False,
) -> Proposed:
    """Let a stage return to what served before; see :func:`modelyard.lifecycle.rollback.roll_back`.

    That the versions' bytes still exist is made sure of before anything is written.

    :param words: names of models, or patterns of names, which mean models that are in the stage.
    :param request: what is asked for of one model.
    :raises Refused: nothing served before, the gate refuses what did, or its documents have faults.
    :raises NotFinished: its bytes are not to be had, or the clone's history is cut off.
    """
    remarks: list[str] = []

    def plan(base: Snapshot, reader: ObjectReader) -> Edits:
        require_stage(stage, base, after="--stage ")
        names = choose_models(words, base, stage=stage)
        requests = [request(name) for name in names]
        _require_one(requests)
        plans = [partial(_roll_back, each, checkout, reader, remarks) for each in requests]
        return together(plans, base, title=f"Roll back {enumerated(names, 'models')} in {stage}")

    return replace(change(checkout, plan, branch=branch, dry_run=dry_run), remarks=tuple(remarks))


def _roll_back(
    request: RollbackRequest, checkout: Checkout, reader: ObjectReader, remarks: list[str], base: Snapshot
) -> Edits:
    events = stage_events(reader, reader.commit_id("HEAD"), request.stage, request.name)
    past = (event.promotion for event in events if event.promotion)
    edits = roll_back(request, base, past)
    (deed,) = edits.deeds
    if deed.version:
        remark = find_bytes(checkout, base.version(VersionId(request.name, deed.version)))
        remarks.extend([remark] if remark else [])
    return edits


def demote_models(
    checkout: Checkout,
    words: Sequence[str],
    request: Callable[[ModelName], DemotionRequest],
    *,
    stage: str,
    branch: str | None = None,
    dry_run: bool = False,
) -> Proposed:
    """Take models out of a stage, or back to a version in it; see :func:`modelyard.lifecycle.demote.demote`.

    :param words: as for :func:`roll_back_stage`, and so is ``request``.
    """

    def plan(base: Snapshot, _reader: ObjectReader) -> Edits:
        require_stage(stage, base, after="--from ")
        names = choose_models(words, base, stage=stage)
        requests = [request(name) for name in names]
        _require_one(requests)
        plans = [partial(demote, each) for each in requests]
        return together(plans, base, title=f"Demote {enumerated(names, 'models')} from {stage}")

    return change(checkout, plan, branch=branch, dry_run=dry_run)


def _require_one(requests: Sequence[RollbackRequest | DemotionRequest]) -> None:
    if len(requests) > 1 and requests[0].to is not None:
        message = f"{requests[0].to} is a version of one model, and {len(requests)} models are meant"
        raise UsageError(message, hint="name one model, or leave the version out")
