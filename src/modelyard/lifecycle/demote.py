"""Demotion: a model leaves a stage, or goes back in it to a version that somebody names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import Refused
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.rollback import not_in_stage
from modelyard.lifecycle.stage_document import Standing, promotion_of, require_stage, require_version, stage_document
from modelyard.names import VersionId
from modelyard.snapshot import stage_path
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.stage import Promotion
    from modelyard.names import ModelName, Version
    from modelyard.snapshot import Snapshot

__all__ = ["DemotionRequest", "demote"]


@dataclass(frozen=True, kw_only=True)
class DemotionRequest:
    """What somebody wants to take out of a stage.

    :param to: the version that the stage shall mean then; None where the model leaves it.
    :param forget_holds: whether the stage may forget what it holds back, where the model leaves it.
    """

    name: ModelName
    stage: str
    reason: str | None = None
    to: Version | None = None
    forget_holds: bool = False


def demote(request: DemotionRequest, snapshot: Snapshot) -> Edits:
    """Return the removal of the stage's document, or the document with the version that is named.

    :raises UsageError: the policy knows no such stage, or the version is not registered.
    :raises Refused: the model is not in the stage, the version is its champion, or the stage holds versions back
        that would be forgotten.
    """
    require_stage(request.stage, snapshot, after="--from ")
    before = promotion_of(request.stage, request.name, snapshot)
    if before is None:
        raise not_in_stage(request.name, request.stage, snapshot)
    if request.to is None:
        return _leaving(request, before)
    return _staying(request, request.to, before, snapshot)


def _leaving(request: DemotionRequest, before: Promotion) -> Edits:
    if before.held and not request.forget_holds:
        held = ", ".join(map(str, sorted(before.held)))
        raise Refused(
            f"{request.stage} holds back {request.name} {held}, which would be forgotten with its document",
            hint=f"modelyard yank {request.name}@{min(before.held)} --reason TEXT first, or add --forget-holds",
        )
    path = stage_path(request.stage, request.name)
    words = f"{request.name} from {request.stage}, where {before.version} was"
    deed = Deed(Action.DEMOTE, words, request.name, None, request.stage, before.version)
    return Edits(
        {},
        title=f"Demote {request.name} from {request.stage}",
        branch=f"demote/{request.name}-from-{request.stage}",
        removed=(path,),
        body=request.reason or "",
        deeds=(deed,),
    )


def _staying(request: DemotionRequest, to: Version, before: Promotion, snapshot: Snapshot) -> Edits:
    version_id = VersionId(request.name, to)
    require_version(version_id, snapshot)
    if to == before.version:
        hint = f"modelyard show {request.name}@{request.stage}"
        raise Refused(f"{version_id} is in {request.stage} already", hint=hint)
    standing = Standing(version=to, reason=request.reason)
    words = f"{request.name} in {request.stage} from {before.version} to {to}"
    return Edits(
        {stage_path(request.stage, request.name): stage_document(request.stage, request.name, standing, snapshot)},
        title=f"Demote {request.name} in {request.stage} to {to}",
        branch=f"demote/{version_id.directory}-in-{request.stage}",
        body=request.reason or "",
        deeds=(Deed(Action.DEMOTE, words, request.name, to, request.stage, before.version),),
    )
