"""Files below a directory with the metadata of a version that they belong to."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from modelyard.documents.metadata import Metadata
from modelyard.documents.metadata_parts import FileRecord

__all__ = ["metadata_of", "placed"]


def placed(directory: Path, name: str, data: bytes, format: str, *, role: str = "model") -> tuple[Path, FileRecord]:  # noqa: A002
    """Write a file, and return where it is and its record."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path, FileRecord(hashlib.sha256(data).hexdigest(), len(data), role, format)


def metadata_of(artifact: str, files: dict[str, FileRecord], **optional: Any) -> Metadata:
    """Return the metadata of fraud@1.0.0 with these files."""
    value = {
        "name": "fraud",
        "version": "1.0.0",
        "description": "Tells fraud.",
        "source": {"repo": ".", "commit": "0" * 40},
        "dataset_manifest": "dataset-manifest.yaml",
        "training_hash": "git:" + "0" * 40,
        "license": "MIT",
        "artifact": artifact,
        "files": {path: record.to_value() for path, record in files.items()},
        "created_at": "2025-03-14T09:26:53Z",
        **optional,
    }
    return Metadata.from_value(value)
