"""``metadata.yaml`` (or ``.json``): what a model version is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.metadata_parts import (
    Ensemble,
    Environment,
    Evaluation,
    FileRecord,
    FrameworkRecord,
    MlflowRun,
    Signature,
    SmokeTest,
    Source,
    Training,
    known_fields,
    without_none,
)
from modelyard.names import ModelName, Version, VersionId, parse_model_name
from modelyard.values import dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Value

__all__ = ["JSON_FILE", "SCHEMA", "SCHEMA_VERSION", "YAML_FILE", "Metadata"]

SCHEMA = "MODEL_METADATA_SCHEMA"
SCHEMA_VERSION = 1
YAML_FILE = "metadata.yaml"
JSON_FILE = "metadata.json"


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """One model version, as its metadata document states it.

    ``files`` maps each file of the artifact, by its path in the version directory, to its record;
    ``artifact`` is one of those paths, or the directory that holds them.
    """

    name: ModelName
    version: Version
    description: str
    source: Source
    dataset_manifest: str
    training_hash: str
    license: str
    artifact: str
    files: Mapping[str, FileRecord]
    created_at: str
    model_type: str | None = None
    framework: FrameworkRecord | None = None
    task: str | None = None
    tags: tuple[str, ...] = ()
    params: Mapping[str, Value] = field(default_factory=dict)
    feature_names: tuple[str, ...] = ()
    training: Training | None = None
    signature: Signature | None = None
    parents: tuple[VersionId, ...] = ()
    mlflow: MlflowRun | None = None
    dvc_remote: str | None = None
    environment: Environment | None = None
    ensemble: Ensemble | None = None
    data_quality: Mapping[str, Value] = field(default_factory=dict)
    smoke_test: SmokeTest | None = None
    evaluation: Mapping[str, Evaluation] = field(default_factory=dict)
    extensions: Mapping[str, Value] = field(default_factory=dict)

    @property
    def id(self) -> VersionId:
        """The model version that this document claims to be."""
        return VersionId(self.name, self.version)

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(record.size for record in self.files.values())

    @property
    def opened(self) -> Metadata:
        """The same version as it stands once its sealed files are opened."""
        names = {path: record.sealed.opened(path) for path, record in self.files.items() if record.sealed}
        if not names:
            return self
        files = {names.get(path, path): record.opened for path, record in self.files.items()}
        return replace(self, artifact=names.get(self.artifact, self.artifact), files=files)

    @property
    def opened_names(self) -> tuple[str, ...]:
        """What sealed files are called once they are opened, of those beside the metadata."""
        return tuple(
            record.sealed.opened(path) for path, record in self.files.items() if record.sealed and "/" not in path
        )

    def files_with_role(self, role: str) -> tuple[str, ...]:
        """Return the paths of the files with that role, sorted."""
        return tuple(sorted(path for path, record in self.files.items() if record.role == role))

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Metadata:
        """Return the metadata that a mapping holds which the schema has accepted."""
        return cls(
            name=parse_model_name(value["name"]),
            version=Version.parse(value["version"]),
            description=value["description"],
            source=Source(**known_fields(value["source"])),
            dataset_manifest=value["dataset_manifest"],
            training_hash=value["training_hash"],
            license=value["license"],
            artifact=value["artifact"],
            files={path: FileRecord.from_value(record) for path, record in value["files"].items()},
            created_at=value["created_at"],
            model_type=value.get("model_type"),
            framework=FrameworkRecord(**known_fields(value["framework"])) if "framework" in value else None,
            task=value.get("task"),
            tags=tuple(value.get("tags", ())),
            params=value.get("params", {}),
            feature_names=tuple(value.get("feature_names", ())),
            training=Training(**known_fields(value["training"])) if "training" in value else None,
            signature=Signature.from_value(value["signature"]) if "signature" in value else None,
            parents=tuple(VersionId.parse(parent) for parent in value.get("parents", ())),
            mlflow=MlflowRun(**known_fields(value["mlflow"])) if "mlflow" in value else None,
            dvc_remote=value["dvc"]["remote"] if "dvc" in value else None,
            environment=Environment(**known_fields(value["environment"])) if "environment" in value else None,
            ensemble=Ensemble.from_value(value["ensemble"]) if "ensemble" in value else None,
            data_quality=value.get("data_quality", {}),
            smoke_test=SmokeTest(**known_fields(value["smoke_test"])) if "smoke_test" in value else None,
            evaluation={split: Evaluation.from_value(each) for split, each in value.get("evaluation", {}).items()},
            extensions={key: each for key, each in value.items() if key.startswith("x-")},
        )

    def to_value(self) -> dict[str, Any]:
        """Return the mapping to write: required fields first, nothing empty, a stable order."""
        required = {
            "schema_version": SCHEMA_VERSION,
            "name": self.name,
            "version": str(self.version),
            "description": self.description,
            "source": self.source.to_value(),
            "dataset_manifest": self.dataset_manifest,
            "training_hash": self.training_hash,
            "license": self.license,
            "artifact": self.artifact,
            "files": {path: record.to_value() for path, record in sorted(self.files.items())},
            "created_at": self.created_at,
        }
        return {**required, **without_none(self._optional_values()), **self.extensions}

    def _optional_values(self) -> dict[str, Any]:
        parts = {
            "framework": self.framework,
            "training": self.training,
            "signature": self.signature,
            "mlflow": self.mlflow,
            "environment": self.environment,
            "ensemble": self.ensemble,
            "smoke_test": self.smoke_test,
        }
        return {
            "model_type": self.model_type,
            "task": self.task,
            "tags": list(self.tags) or None,
            "params": dict(self.params) or None,
            "feature_names": list(self.feature_names) or None,
            **{key: part.to_value() if part else None for key, part in parts.items()},
            "parents": [str(parent) for parent in self.parents] or None,
            "dvc": {"remote": self.dvc_remote} if self.dvc_remote else None,
            "data_quality": dict(self.data_quality) or None,
            "evaluation": {split: each.to_value() for split, each in self.evaluation.items()} or None,
        }
