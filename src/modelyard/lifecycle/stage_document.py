"""The document of a model in a stage, written for the first time or edited in place."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from modelyard.documents import edit, yaml_text
from modelyard.errors import Refused, UsageError
from modelyard.lifecycle.entries import without_entries
from modelyard.snapshot import stage_path
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Value
    from modelyard.documents.stage import Promotion
    from modelyard.names import ModelName, Version, VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["Standing", "promotion_of", "require_stage", "require_version", "stage_document", "stages_serving"]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a stage shall say of a model from now on.

    :param traffic: shares of the traffic, where not all of it goes to the version.
    :param hold: versions that the stage holds back from now on, each with the reason.
    :param release: versions that it holds back no longer.
    """

    version: Version
    reason: str | None = None
    traffic: Mapping[Version, int] = field(default_factory=dict)
    hold: Mapping[Version, str] = field(default_factory=dict)
    release: tuple[Version, ...] = ()


def promotion_of(stage: str, name: ModelName, snapshot: Snapshot) -> Promotion | None:
    """Return what a stage says of a model now, None where the model is not in it.

    :raises Refused: the document has faults, so it cannot be edited.
    """
    parsed = snapshot.promotion(stage, name)
    if parsed and not parsed.value:
        raise Refused(f"{stage} cannot be edited: {parsed.first_fault()}", hint=parsed.all_faults[0].hint)
    return parsed.value if parsed else None


def stage_document(stage: str, name: ModelName, standing: Standing, snapshot: Snapshot) -> bytes:
    """Return the document of a model in a stage; one that exists keeps its comments and the order of its keys.

    :raises Refused: it exists and has faults.
    """
    if promotion_of(stage, name, snapshot) is None:
        return yaml_text.render(_value(standing))
    data = snapshot.tree.read(stage_path(stage, name))
    data = edit.set_value(data, ("version",), str(standing.version))
    for key in ("traffic", "reason"):
        value = _value(standing).get(key)
        data = edit.remove(data, (key,)) if value is None else edit.set_value(data, (key,), value)
    for version, reason in standing.hold.items():
        data = edit.set_value(data, ("held", str(version)), reason)
    data = without_entries(data, "held", map(str, standing.release))
    # Evidence speaks of the versions before.
    return edit.remove(data, ("evidence",))


def stages_serving(version_id: VersionId, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the stages that name a version, as champion or challenger, in the order of their names."""
    parsed = ((stage, snapshot.promotion(stage, version_id.name)) for stage in snapshot.stage_names)
    return tuple(stage for stage, each in parsed if each and each.value and version_id.version in each.value.versions)


def require_stage(stage: str, snapshot: Snapshot, *, after: str) -> None:
    """Make sure that the policy knows a stage.

    :param after: what stands before its name on the command line.
    :raises UsageError: it does not.
    """
    if snapshot.policy.stage(stage):
        return
    known = [each.name for each in snapshot.policy.stages]
    near = get_close_matches(stage, known, n=1)
    hint = f"did you mean {after}{near[0]}?" if near else f"stages are: {', '.join(known)}"
    raise UsageError(f"the policy knows no stage {stage!r}", hint=hint)


def require_version(version_id: VersionId, snapshot: Snapshot) -> None:
    """Make sure that a version is registered.

    :raises UsageError: it is not; the hint names what comes near.
    """
    if snapshot.has(version_id):
        return
    model = snapshot.model(version_id.name)
    tombstone = model.value.retired.get(version_id.version) if model and model.value else None
    if tombstone:
        raise UsageError(f"{version_id} was retired: {tombstone.reason}", hint=f"modelyard history {version_id.name}")
    versions = [str(each) for each in snapshot.versions_of(version_id.name)]
    near = versions or get_close_matches(version_id.name, snapshot.model_names, n=3)
    hint = f"registered: {', '.join(near)}" if near else f"modelyard register {version_id.name} --help"
    raise UsageError(f"{version_id} is not registered in the last commit", hint=hint)


def _value(standing: Standing) -> dict[str, Value]:
    value: dict[str, Value] = {"schema_version": 1, "version": str(standing.version)}
    if standing.traffic:
        value["traffic"] = {str(version): share for version, share in sorted(standing.traffic.items())}
    if standing.reason:
        value["reason"] = standing.reason
    if standing.hold:
        value["held"] = {str(version): reason for version, reason in standing.hold.items()}
    return value
