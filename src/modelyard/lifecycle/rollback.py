"""Roll back: a stage returns to what served before, and what was new in it is held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import Refused
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.stage_document import Standing, promotion_of, require_stage, require_version, stage_document
from modelyard.names import VersionId
from modelyard.snapshot import stage_path
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.documents.stage import Promotion
    from modelyard.names import ModelName, Version
    from modelyard.snapshot import Snapshot

__all__ = ["RollbackRequest", "not_in_stage", "roll_back", "way_back"]


@dataclass(frozen=True, kw_only=True)
class RollbackRequest:
    """What somebody wants to get rid of in a stage, and why.

    :param to: the version to go back to; the one that served before where it is None.
    :param hold: whether what is rolled back is held, so that nobody promotes it again by accident.
    """

    name: ModelName
    stage: str
    reason: str
    to: Version | None = None
    hold: bool = True


def roll_back(request: RollbackRequest, snapshot: Snapshot, past: Iterable[Promotion]) -> Edits:
    """Return the stage's document with the version that served before, and with what was new since then held back.

    What served before is the newest state of the stage that lacks a version which serves now: its champion comes
    back, with all of the traffic. So a champion that replaced another one goes, and so does a challenger beside a
    champion that stays. A state whose champion is held, yanked or retired by now is passed over.

    :param past: what the stage has said of the model, newest first; the state of now may be among it.
    :raises UsageError: the policy knows no such stage, or the version is not registered.
    :raises Refused: the model is not in the stage, nothing served before, or the version named never served there.
    """
    require_stage(request.stage, snapshot, after="--stage ")
    now = promotion_of(request.stage, request.name, snapshot)
    if now is None:
        raise not_in_stage(request.name, request.stage, snapshot)
    if request.to is None:
        target, blamed = _before(request, now, past, snapshot)
    else:
        target, blamed = _named(request, request.to, now, past, snapshot)
    standing = Standing(
        version=target,
        reason=request.reason,
        hold=dict.fromkeys(sorted(blamed), request.reason) if request.hold else {},
    )
    path = stage_path(request.stage, request.name)
    return Edits(
        {path: stage_document(request.stage, request.name, standing, snapshot)},
        title=f"Roll back {request.name} in {request.stage} to {target}",
        branch=f"rollback/{request.name}-{target}-in-{request.stage}",
        body=request.reason,
        deeds=(_deed(request, now, standing),),
    )


def way_back(name: ModelName, stage: str, snapshot: Snapshot, past: Iterable[Promotion]) -> Version | None:
    """Return the version that a roll back of a stage would bring back, None where there is none.

    :param past: as for :func:`roll_back`.
    """
    now = promotion_of(stage, name, snapshot)
    found = _steps_back(name, now, past, snapshot) if now else ()
    return next((version for version, _new, obstacle in found if obstacle is None), None)


def not_in_stage(name: ModelName, stage: str, snapshot: Snapshot) -> Refused:
    """Return the refusal to take a model out of a stage that it is not in."""
    stages = [each.name for each in snapshot.policy.stages if name in snapshot.models_in(each.name)]
    known = f"it is in {', '.join(stages)}" if stages else f"modelyard list {name}"
    return Refused(f"no version of {name!r} is in {stage}", hint=known)


def _before(
    request: RollbackRequest, now: Promotion, past: Iterable[Promotion], snapshot: Snapshot
) -> tuple[Version, frozenset[Version]]:
    """Return the champion that served before, and the versions of now that are new since then."""
    passed_over: list[str] = []
    for version, new, obstacle in _steps_back(request.name, now, past, snapshot):
        if obstacle is None:
            return version, new
        passed_over.append(obstacle)
    serving = VersionId(request.name, now.version)
    raise Refused(
        f"nothing served in {request.stage} before {serving} that could come back",
        hint="; ".join(dict.fromkeys(passed_over)) or f"modelyard demote {request.name} --from {request.stage}",
    )


def _steps_back(
    name: ModelName, now: Promotion, past: Iterable[Promotion], snapshot: Snapshot
) -> Iterator[tuple[Version, frozenset[Version], str | None]]:
    """Yield the champion of each state that lacks a version of now, with those that it lacks, and what bars the way."""
    for state in past:
        new = now.versions - state.versions
        if new:
            yield state.version, new, _obstacle(VersionId(name, state.version), now, snapshot)


def _named(
    request: RollbackRequest, to: Version, now: Promotion, past: Iterable[Promotion], snapshot: Snapshot
) -> tuple[Version, frozenset[Version]]:
    version_id = VersionId(request.name, to)
    require_version(version_id, snapshot)
    if now.versions == {to}:
        raise Refused(f"{version_id} alone serves in {request.stage} already", hint=_show(request))
    if to not in now.versions and not any(to in state.versions for state in past):
        message = f"{version_id} never served in {request.stage}, so there is no way back to it"
        raise Refused(message, hint=f"modelyard promote {version_id} --to {request.stage}")
    return to, now.versions - {to}


def _obstacle(version_id: VersionId, now: Promotion, snapshot: Snapshot) -> str | None:
    """Return why a version cannot come back to the stage, None where it can."""
    if not snapshot.has(version_id):
        return f"{version_id} is not registered any more"
    model = snapshot.model(version_id.name)
    yanked = model.value.yanked if model and model.value else {}
    if version_id.version in yanked:
        return f"{version_id} was yanked: {yanked[version_id.version]}"
    if version_id.version in now.held:
        return f"{version_id} is held: {now.held[version_id.version]}"
    return None


def _deed(request: RollbackRequest, now: Promotion, standing: Standing) -> Deed:
    replaced = now.version if now.version != standing.version else None
    way = f"from {replaced} to {standing.version}" if replaced else f"to {standing.version} alone"
    words = f"{request.name} in {request.stage} {way}{''.join(_held(standing))}"
    return Deed(Action.ROLL_BACK, words, request.name, standing.version, request.stage, replaced)


def _held(standing: Standing) -> Iterator[str]:
    if standing.hold:
        yield f", holding back {', '.join(map(str, standing.hold))}"


def _show(request: RollbackRequest) -> str:
    return f"modelyard show {request.name}@{request.stage}"
