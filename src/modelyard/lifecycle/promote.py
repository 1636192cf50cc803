"""Promotion: the documents that say which versions are in a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import Refused, UsageError
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits, enumerated
from modelyard.lifecycle.stage_document import Standing, promotion_of, require_stage, require_version, stage_document
from modelyard.names import VersionId
from modelyard.snapshot import stage_path
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.stage import Promotion
    from modelyard.names import Version
    from modelyard.snapshot import Snapshot

__all__ = ["PromotionRequest", "is_there", "promote"]


@dataclass(frozen=True, kw_only=True)
class PromotionRequest:
    """What somebody wants to put into a stage.

    :param traffic: shares in whole percent; the version promoted gets what the others leave, where it is not named.
    :param release_hold: whether versions that the stage holds back are let in again.
    """

    version_ids: tuple[VersionId, ...]
    stage: str
    reason: str | None = None
    traffic: Mapping[Version, int] = field(default_factory=dict)
    release_hold: bool = False


def promote(request: PromotionRequest, snapshot: Snapshot) -> Edits:
    """Return the stage's documents with the versions as its champions, all of them in one change.

    A document that exists is edited in place: its comments and the order of its keys stay. Whether
    a version may enter the stage is for the gate to say.

    :raises UsageError: a version is not registered, the policy knows no such stage, two versions are of one
        model, or the shares of the traffic come to nothing sensible.
    :raises Refused: a version stands in the stage just so already, or a document has faults.
    """
    require_stage(request.stage, snapshot, after="--to ")
    _require_one_version_each(request)
    files, deeds = {}, []
    for version_id in request.version_ids:
        require_version(version_id, snapshot)
        traffic = _shares(version_id, request, snapshot)
        if is_there(version_id, request.stage, snapshot, traffic=traffic):
            hint = f"modelyard show {version_id.name}@{request.stage}"
            raise Refused(f"{version_id} is in {request.stage} already", hint=hint)
        before = promotion_of(request.stage, version_id.name, snapshot)
        standing = Standing(
            version=version_id.version,
            reason=request.reason,
            traffic=traffic,
            release=tuple(sorted({version_id.version, *traffic})) if request.release_hold else (),
        )
        path = stage_path(request.stage, version_id.name)
        files[path] = stage_document(request.stage, version_id.name, standing, snapshot)
        deeds.append(_deed(version_id, request.stage, traffic, before))
    return Edits(
        files,
        title=_title(request),
        branch=_branch(request),
        body="\n\n".join(part for part in (request.reason, _listed(deeds)) if part),
        deeds=tuple(deeds),
    )


def is_there(
    version_id: VersionId, stage: str, snapshot: Snapshot, *, traffic: Mapping[Version, int] | None = None
) -> bool:
    """Whether a version is a stage's champion already, with just these shares of the traffic.

    :raises Refused: the stage's document has faults.
    """
    before = promotion_of(stage, version_id.name, snapshot)
    return before is not None and before.version == version_id.version and dict(before.traffic) == dict(traffic or {})


def _require_one_version_each(request: PromotionRequest) -> None:
    if not request.version_ids:
        raise UsageError("no version is named", hint=f"modelyard promote NAME@VERSION --to {request.stage}")
    seen: dict[str, VersionId] = {}
    for version_id in request.version_ids:
        other = seen.setdefault(version_id.name, version_id)
        if other != version_id:
            message = f"{request.stage} takes one version of each model, and both {other} and {version_id} are named"
            raise UsageError(message, hint=f"for a part of the traffic: --traffic {version_id.version}=10")
    if len(set(request.version_ids)) != len(request.version_ids):
        raise UsageError("a version is named twice", hint="name each once")
    if request.traffic and len(request.version_ids) > 1:
        message = "--traffic speaks of the versions of one model, and several are promoted"
        raise UsageError(message, hint="promote them one by one")


def _shares(version_id: VersionId, request: PromotionRequest, snapshot: Snapshot) -> dict[Version, int]:
    """Return the share of each version; none where the version promoted has all of the traffic."""
    shares = dict(request.traffic)
    for version in shares:
        require_version(VersionId(version_id.name, version), snapshot)
    if not shares:
        return {}
    for version, share in shares.items():
        if not 1 <= share <= 100:
            message = f"--traffic gives {version} {share} percent, and a share is 1 to 100"
            raise UsageError(message, hint=f"--traffic {version}=10")
    total = sum(shares.values())
    if version_id.version not in shares and total < 100:
        shares[version_id.version] = 100 - total
    elif version_id.version not in shares:
        message = f"--traffic leaves nothing to {version_id}, which is promoted"
        raise UsageError(message, hint="the shares of the others must sum to less than 100")
    elif total != 100:
        raise UsageError(f"--traffic sums to {total} percent", hint="make it 100, or leave one version's share out")
    return shares if len(shares) > 1 else {}


def _deed(version_id: VersionId, stage: str, traffic: Mapping[Version, int], before: Promotion | None) -> Deed:
    words = f"{version_id} to {stage}"
    if traffic:
        others = ", ".join(f"{version} with {share}%" for version, share in _others(version_id.version, traffic))
        words += f", with {traffic[version_id.version]}% of the traffic beside {others}"
    replaced = before.version if before and before.version != version_id.version else None
    if replaced:
        words += f", replacing {replaced}"
    return Deed(Action.PROMOTE, words, version_id.name, version_id.version, stage, replaced)


def _title(request: PromotionRequest) -> str:
    first = request.version_ids[0]
    beside = "".join(f", {version} with {share}%" for version, share in _others(first.version, request.traffic))
    return f"Promote {enumerated(request.version_ids, 'models')} to {request.stage}{beside}"


def _branch(request: PromotionRequest) -> str:
    first, *more = request.version_ids
    count = f"-and-{len(more)}-more" if more else ""
    beside = "".join(f"-with-{version}" for version, _share in _others(first.version, request.traffic))
    return f"promote/{first.directory}{count}-to-{request.stage}{beside}"


def _listed(deeds: list[Deed]) -> str:
    return "\n".join(f"- {deed.words}" for deed in deeds) if len(deeds) > 1 else ""


def _others(champion: Version, traffic: Mapping[Version, int]) -> list[tuple[Version, int]]:
    return [(version, share) for version, share in sorted(traffic.items()) if version != champion]
