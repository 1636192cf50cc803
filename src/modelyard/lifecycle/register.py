"""Registration: from what is known about a trained model to the files of its version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import card as card_document
from modelyard.documents import dataset_manifest as manifest_document
from modelyard.documents import metadata as metadata_document
from modelyard.documents import metrics as metrics_document
from modelyard.documents import pointer as pointer_document
from modelyard.documents import yaml_text
from modelyard.documents.metadata import Metadata
from modelyard.documents.model import Model
from modelyard.errors import Refused
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits
from modelyard.snapshot import model_path, version_path
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.dataset_manifest import DatasetManifest
    from modelyard.documents.document import Value
    from modelyard.documents.metadata_parts import (
        Evaluation,
        FileRecord,
        FrameworkRecord,
        MlflowRun,
        Signature,
        Source,
    )
    from modelyard.documents.metrics import Metrics
    from modelyard.documents.pointer import Pointer
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["Registration", "StoredArtifact", "check_is_new", "register"]


@dataclass(frozen=True)
class StoredArtifact:
    """One file or directory of a version, hashed and stored.

    :param path: its name in the version directory.
    :param files: the records of its files, by path in the version directory.
    :param pointer: its DVC pointer, or None where it lies in Git.
    :param contents: the bytes of its files, by path, where it lies in Git.
    """

    path: str
    files: Mapping[str, FileRecord]
    pointer: Pointer | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Everything that a new model version is made of. The first artifact is the model itself."""

    version_id: VersionId
    artifacts: tuple[StoredArtifact, ...]
    description: str
    source: Source
    training_hash: str
    license: str
    dataset: DatasetManifest | str
    card: bytes
    created_at: str
    owners: tuple[str, ...]
    metrics: Metrics | None = None
    evaluation: Mapping[str, Evaluation] = field(default_factory=dict)
    params: Mapping[str, Value] = field(default_factory=dict)
    framework: FrameworkRecord | None = None
    signature: Signature | None = None
    mlflow: MlflowRun | None = None
    task: str | None = None
    tags: tuple[str, ...] = ()
    parents: tuple[VersionId, ...] = ()
    license_text: bytes | None = None


def check_is_new(version_id: VersionId, snapshot: Snapshot) -> None:
    """Make sure that the version can be registered.

    :raises Refused: it exists already, or was retired.
    """
    if snapshot.has(version_id):
        newest = max(snapshot.versions_of(version_id.name))
        raise Refused(
            f"{version_id} exists already; a version never changes once it is registered",
            hint=f"--version {newest.version.bumped('patch')}, or --bump patch|minor|major",
        )
    parsed = snapshot.model(version_id.name)
    tombstone = parsed.value.retired.get(version_id.version) if parsed and parsed.value else None
    if tombstone:
        raise Refused(
            f"{version_id} was retired ({tombstone.reason}) and is never registered again",
            hint="choose a new version number",
        )


def usual_branch(version_id: VersionId) -> str:
    """Return the name of a branch that registers the version, where nobody names another one."""
    return f"register/{version_id.directory}"


def register(registration: Registration, snapshot: Snapshot) -> Edits:
    """Return the files of the new version, and the model's own document where it has none yet.

    :raises Refused: the version exists already, or was retired.
    """
    version_id = registration.version_id
    check_is_new(version_id, snapshot)
    files = dict(_version_files(registration))
    prefix = version_path(version_id)
    edits = {f"{prefix}/{name}": data for name, data in files.items()}
    if snapshot.model(version_id.name) is None:
        model = Model(name=version_id.name, owners=registration.owners, task=registration.task)
        edits[model_path(version_id.name)] = yaml_text.render(model.to_value())
    deed = Deed(Action.REGISTER, str(version_id), version_id.name, version_id.version)
    return Edits(edits, title=f"Register {version_id}", branch=usual_branch(version_id), deeds=(deed,))


def _version_files(registration: Registration) -> dict[str, bytes]:
    files = {
        metadata_document.YAML_FILE: yaml_text.render(_metadata(registration).to_value()),
        card_document.FILE: registration.card,
    }
    if registration.metrics:
        files[metrics_document.FILE] = registration.metrics.render()
    if not isinstance(registration.dataset, str):
        files[manifest_document.FILE] = yaml_text.render(registration.dataset.to_value())
    if registration.license_text:
        files["LICENSE"] = registration.license_text
    for artifact in registration.artifacts:
        files.update(artifact.contents)
    return files | _pointer_files(registration.artifacts)


def _pointer_files(artifacts: tuple[StoredArtifact, ...]) -> dict[str, bytes]:
    pointers = sorted((each.pointer for each in artifacts if each.pointer), key=lambda pointer: pointer.path)
    files = {pointer.path + pointer_document.SUFFIX: pointer_document.render(pointer) for pointer in pointers}
    if pointers:
        opened = (
            record.sealed.opened(path)
            for artifact in artifacts
            for path, record in artifact.files.items()
            if record.sealed and "/" not in path
        )
        files[".gitignore"] = pointer_document.gitignore(pointers, opened)
    return files


def _metadata(registration: Registration) -> Metadata:
    dataset = registration.dataset
    return Metadata(
        name=registration.version_id.name,
        version=registration.version_id.version,
        description=registration.description,
        source=registration.source,
        dataset_manifest=dataset if isinstance(dataset, str) else manifest_document.FILE,
        training_hash=registration.training_hash,
        license=registration.license,
        artifact=registration.artifacts[0].path,
        files={path: record for artifact in registration.artifacts for path, record in artifact.files.items()},
        created_at=registration.created_at,
        framework=registration.framework,
        task=registration.task,
        tags=registration.tags,
        params=registration.params,
        signature=registration.signature,
        parents=registration.parents,
        mlflow=registration.mlflow,
        evaluation=registration.evaluation,
    )
