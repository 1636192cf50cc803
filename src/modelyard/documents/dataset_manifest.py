"""``dataset-manifest.yaml``: the data that a model was trained and tested on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.metadata_parts import known_fields, without_none
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FILE", "SCHEMA", "DataFile", "DatasetManifest", "Split"]

SCHEMA = "DATASET_MANIFEST_SCHEMA"
FILE = "dataset-manifest.yaml"


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """One file of a data set, by path or by URL; size in bytes, rows without a header."""

    sha256: str
    size: int
    path: str | None = None
    url: str | None = None
    rows: int | None = None

    def to_value(self) -> dict[str, Any]:
        return without_none(
            {"path": self.path, "url": self.url, "sha256": self.sha256, "size": self.size, "rows": self.rows},
        )


@dataclass(frozen=True)
class Split:
    """One part of a data set."""

    rows: int
    file: str | None = None

    def to_value(self) -> dict[str, Any]:
        return without_none({"rows": self.rows, "file": self.file})


@dataclass(frozen=True, kw_only=True)
class DatasetManifest:
    """A data set: its files with their digests, and how it was split."""

    name: str
    files: tuple[DataFile, ...]
    description: str | None = None
    source: str | None = None
    license: str | None = None
    splits: Mapping[str, Split] = field(default_factory=dict)

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> DatasetManifest:
        """Return the manifest of a mapping that the schema has accepted."""
        return cls(
            name=value["name"],
            files=tuple(DataFile(**known_fields(each)) for each in value["files"]),
            description=value.get("description"),
            source=value.get("source"),
            license=value.get("license"),
            splits={name: Split(**known_fields(split)) for name, split in value.get("splits", {}).items()},
        )

    def to_value(self) -> dict[str, Any]:
        """Return the mapping to write."""
        return without_none(
            {
                "schema_version": 1,
                "name": self.name,
                "description": self.description,
                "source": self.source,
                "license": self.license,
                "files": [each.to_value() for each in self.files],
                "splits": {name: split.to_value() for name, split in self.splits.items()} or None,
            },
        )
