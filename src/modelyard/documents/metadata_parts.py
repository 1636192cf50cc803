"""The parts of ``metadata.yaml``: each a value type that reads and writes its own mapping.

``from_value`` expects a mapping that the metadata schema has accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.sealed import Sealed
from modelyard.names import VersionId
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Value

__all__ = [
    "Ensemble",
    "Environment",
    "Evaluation",
    "FileRecord",
    "FrameworkRecord",
    "Interval",
    "MlflowRun",
    "Signature",
    "SmokeTest",
    "Source",
    "Tensor",
    "Training",
    "known_fields",
    "without_none",
]

Fields = dict[str, Any]


def known_fields(value: Fields) -> Fields:
    """Return the mapping without the keys of the user's own, which start with ``x-``."""
    return {key: child for key, child in value.items() if not key.startswith("x-")}


def without_none(fields: Fields) -> Fields:
    """Return the mapping without the keys that hold nothing."""
    return {key: value for key, value in fields.items() if value is not None}


@dataclass(frozen=True)
class Source:
    """The code that trained the model: a repository (``.`` is the registry's own) and a commit id."""

    repo: str
    commit: str

    def to_value(self) -> Fields:
        return {"repo": self.repo, "commit": self.commit}


@dataclass(frozen=True)
class FileRecord:
    """One file of the artifact: its digest is its identity, its size is in bytes.

    :param format: of the file once it is opened, where it is sealed.
    :param sealed: what it holds then; None where it is stored as it is.
    """

    sha256: str
    size: int
    role: str
    format: str
    sealed: Sealed | None = None

    @classmethod
    def from_value(cls, value: Fields) -> FileRecord:
        sealed = Sealed.from_value(value["sealed"]) if "sealed" in value else None
        return cls(value["sha256"], value["size"], value["role"], value["format"], sealed)

    @property
    def opened(self) -> FileRecord:
        """The same file once it is opened."""
        return FileRecord(self.sealed.sha256, self.sealed.size, self.role, self.format) if self.sealed else self

    def to_value(self) -> Fields:
        value = {"sha256": self.sha256, "size": self.size, "role": self.role, "format": self.format}
        return {**value, "sealed": self.sealed.to_value()} if self.sealed else value


@dataclass(frozen=True)
class FrameworkRecord:
    """The library that wrote the artifact, and its version where the file says it."""

    name: str
    version: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.version}" if self.version else self.name

    def to_value(self) -> Fields:
        return without_none({"name": self.name, "version": self.version})


@dataclass(frozen=True)
class Training:
    """How much data trained the model, and when (RFC 3339)."""

    rows: int | None = None
    started_at: str | None = None
    finished_at: str | None = None

    def to_value(self) -> Fields:
        return without_none({"rows": self.rows, "started_at": self.started_at, "finished_at": self.finished_at})


@dataclass(frozen=True)
class Tensor:
    """One input or output of a model; -1 in the shape is a free dimension."""

    name: str
    type: str
    shape: tuple[int, ...] | None = None
    optional: bool = False

    @classmethod
    def from_value(cls, value: Fields) -> Tensor:
        shape = value.get("shape")
        return cls(
            value["name"],
            value["type"],
            shape=None if shape is None else tuple(shape),
            optional=value.get("optional", False),
        )

    def to_value(self) -> Fields:
        shape = None if self.shape is None else list(self.shape)
        return without_none(
            {"name": self.name, "type": self.type, "shape": shape, "optional": self.optional or None},
        )


@dataclass(frozen=True)
class Signature:
    """What goes into a model and what comes out."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    @classmethod
    def from_value(cls, value: Fields) -> Signature:
        return cls(
            tuple(Tensor.from_value(tensor) for tensor in value["inputs"]),
            tuple(Tensor.from_value(tensor) for tensor in value["outputs"]),
        )

    def to_value(self) -> Fields:
        return {
            "inputs": [tensor.to_value() for tensor in self.inputs],
            "outputs": [tensor.to_value() for tensor in self.outputs],
        }


@dataclass(frozen=True)
class MlflowRun:
    """The MLflow run that a version comes from."""

    run_id: str
    tracking_uri: str | None = None
    experiment: str | None = None

    def to_value(self) -> Fields:
        return without_none(
            {"run_id": self.run_id, "tracking_uri": self.tracking_uri, "experiment": self.experiment},
        )


@dataclass(frozen=True)
class Environment:
    """The lock file of the environment that trained the model."""

    sha256: str
    file: str | None = None

    def to_value(self) -> Fields:
        return without_none({"file": self.file, "sha256": self.sha256})


@dataclass(frozen=True)
class Ensemble:
    """The model versions that an ensemble is made of."""

    method: str
    members: tuple[VersionId, ...]

    @classmethod
    def from_value(cls, value: Fields) -> Ensemble:
        return cls(value["method"], tuple(VersionId.parse(member) for member in value["members"]))

    def to_value(self) -> Fields:
        return {"method": self.method, "members": [str(member) for member in self.members]}


@dataclass(frozen=True)
class SmokeTest:
    """Files of an input and the output that the model must give for it, within a tolerance."""

    input: str
    expected: str
    tolerance: float | None = None

    def to_value(self) -> Fields:
        return without_none({"input": self.input, "expected": self.expected, "tolerance": self.tolerance})


@dataclass(frozen=True)
class Interval:
    """A confidence interval of a metric; ``level`` is a probability such as 0.95."""

    low: float
    high: float
    level: float

    def to_value(self) -> Fields:
        return {"low": self.low, "high": self.high, "level": self.level}


@dataclass(frozen=True)
class Evaluation:
    """What one split or slice of the metrics was measured on."""

    dataset: str | None = None
    n: int | None = None
    metrics: Mapping[str, Interval] = field(default_factory=dict)

    @classmethod
    def from_value(cls, value: Fields) -> Evaluation:
        return cls(
            value.get("dataset"),
            value.get("n"),
            {metric: Interval(**known_fields(interval)) for metric, interval in value.get("metrics", {}).items()},
        )

    def to_value(self) -> Fields:
        metrics: dict[str, Value] = {metric: interval.to_value() for metric, interval in self.metrics.items()}
        return without_none({"dataset": self.dataset, "n": self.n, "metrics": metrics or None})
