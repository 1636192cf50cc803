"""Promotion: the document that says which version of a model is in a stage."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from modelyard.documents import edit, yaml_text
from modelyard.errors import Refused, UsageError
from modelyard.lifecycle.edits import Edits
from modelyard.snapshot import stage_path

if TYPE_CHECKING:
    from modelyard.documents.document import Value
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["promote"]


def promote(version_id: VersionId, stage: str, snapshot: Snapshot, *, reason: str | None = None) -> Edits:
    """Return the stage's document with the version as its champion, which then has all traffic.

    A document that exists is edited in place: its comments and the order of its keys stay. Whether
    the version may enter the stage is for the gate to say.

    :raises UsageError: the version is not registered, or the policy knows no such stage.
    :raises Refused: the version is the stage's champion already, or its document has faults.
    """
    _require_stage(stage, snapshot)
    _require_version(version_id, snapshot)
    path = stage_path(stage, version_id.name)
    parsed = snapshot.promotion(stage, version_id.name)
    if parsed and parsed.value and parsed.value.version == version_id.version and not parsed.value.traffic:
        raise Refused(f"{version_id} is in {stage} already", hint=f"modelyard show {version_id.name}@{stage}")
    if parsed and not parsed.value:
        raise Refused(f"{stage} cannot be edited: {parsed.first_fault()}", hint=parsed.all_faults[0].hint)
    existing = snapshot.tree.read(path) if parsed else None
    data = _edited(existing, version_id, reason) if existing else _rendered(version_id, reason)
    return Edits(
        {path: data},
        title=f"Promote {version_id} to {stage}",
        branch=f"promote/{version_id.directory}-to-{stage}",
    )


def _require_stage(stage: str, snapshot: Snapshot) -> None:
    if snapshot.policy.stage(stage):
        return
    known = [each.name for each in snapshot.policy.stages]
    near = get_close_matches(stage, known, n=1)
    hint = f"did you mean --to {near[0]}?" if near else f"stages are: {', '.join(known)}"
    raise UsageError(f"the policy knows no stage {stage!r}", hint=hint)


def _require_version(version_id: VersionId, snapshot: Snapshot) -> None:
    if snapshot.has(version_id):
        return
    versions = [str(each) for each in snapshot.versions_of(version_id.name)]
    near = versions or get_close_matches(version_id.name, snapshot.model_names, n=3)
    hint = f"registered: {', '.join(near)}" if near else f"modelyard register {version_id.name} --help"
    raise UsageError(f"{version_id} is not registered in the last commit", hint=hint)


def _rendered(version_id: VersionId, reason: str | None) -> bytes:
    value: dict[str, Value] = {"schema_version": 1, "version": str(version_id.version)}
    if reason:
        value["reason"] = reason
    return yaml_text.render(value)


def _edited(data: bytes, version_id: VersionId, reason: str | None) -> bytes:
    data = edit.set_value(data, ("version",), str(version_id.version))
    data = edit.set_value(data, ("reason",), reason) if reason else edit.remove(data, ("reason",))
    # Shares and evidence speak of the versions before; a new champion starts with all traffic.
    for key in ("traffic", "evidence"):
        data = edit.remove(data, (key,))
    return data
