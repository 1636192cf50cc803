"""Yanking: a version that nobody shall choose any more, though it stays where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import edit
from modelyard.errors import Refused
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.entries import without_entries
from modelyard.lifecycle.model_document import model_data, model_of
from modelyard.lifecycle.stage_document import require_version, stages_serving
from modelyard.snapshot import model_path

if TYPE_CHECKING:
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["unyank", "yank"]


def yank(version_id: VersionId, reason: str, snapshot: Snapshot) -> Edits:
    """Return the model's document with the version among the yanked ones.

    No reference means a yanked version, and no stage may name it. The version itself stays as it is.

    :raises UsageError: the version is not registered.
    :raises Refused: it was yanked for that reason already, a stage serves it, or the document cannot be edited.
    """
    require_version(version_id, snapshot)
    model = model_of(version_id.name, snapshot)
    if model.yanked.get(version_id.version) == reason:
        raise Refused(f"{version_id} was yanked for that reason already", hint=f"modelyard list {version_id.name}")
    for stage in stages_serving(version_id, snapshot):
        raise Refused(
            f"{version_id} serves in {stage}, and no stage may name a yanked version",
            hint=f"modelyard rollback {version_id.name} --stage {stage} --reason TEXT; "
            f"or modelyard demote {version_id.name} --from {stage}",
        )
    data = edit.set_value(model_data(version_id.name, snapshot), ("yanked", str(version_id.version)), reason)
    return Edits(
        {model_path(version_id.name): data},
        title=f"Yank {version_id}",
        branch=f"yank/{version_id.directory}",
        body=reason,
        deeds=(Deed(Action.YANK, str(version_id), version_id.name, version_id.version),),
    )


def unyank(version_id: VersionId, snapshot: Snapshot, *, reason: str | None = None) -> Edits:
    """Return the model's document without the version among the yanked ones.

    :raises UsageError: the version is not registered.
    :raises Refused: it is not yanked, or the document cannot be edited.
    """
    require_version(version_id, snapshot)
    if version_id.version not in model_of(version_id.name, snapshot).yanked:
        raise Refused(f"{version_id} is not yanked", hint=f"modelyard list {version_id.name}")
    data = without_entries(model_data(version_id.name, snapshot), "yanked", [str(version_id.version)])
    return Edits(
        {model_path(version_id.name): data},
        title=f"Un-yank {version_id}",
        branch=f"unyank/{version_id.directory}",
        body=reason or "",
        deeds=(Deed(Action.UNYANK, str(version_id), version_id.name, version_id.version),),
    )
