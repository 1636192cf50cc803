"""Which documents a reference will have read, told before any of them is: so that they can be fetched together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import dataset_manifest, metadata, metrics, pointer
from modelyard.documents.file_names import CARD, PREDICTIONS
from modelyard.dvc_files import DVC_CONFIG
from modelyard.names import Version, VersionId
from modelyard.snapshot import POLICY, model_path, stage_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.refs import Ref
    from modelyard.snapshot import Snapshot

__all__ = ["FEW", "delivered_paths", "expected_paths"]

FEW = 32
"""Versions whose documents are fetched before it is known which of them is meant."""

_DESCRIBING = frozenset({metadata.YAML_FILE, metadata.JSON_FILE, metrics.FILE})
_NEVER_DELIVERED = frozenset({CARD, dataset_manifest.FILE, PREDICTIONS, ".gitignore"})


def expected_paths(ref: Ref, snapshot: Snapshot) -> list[str]:
    """Return the paths that resolving a reference and pulling what it means will read, and few others.

    Only trees are looked at. By a stage, a range or a word one of a model's newest versions is meant as a rule: it is
    what describes each of them.
    """
    paths = [POLICY, DVC_CONFIG, model_path(ref.name)]
    paths += [stage_path(stage, ref.name) for stage in snapshot.stage_names]
    if isinstance(ref.selector, Version):
        named = VersionId(ref.name, ref.selector)
        return [*paths, *delivered_paths(named, snapshot)] if snapshot.has(named) else paths
    for version_id in snapshot.versions_of(ref.name)[-FEW:]:
        paths += [path for path, name in _files(version_id, snapshot) if _describes(name)]
    return paths


def delivered_paths(version_id: VersionId, snapshot: Snapshot) -> list[str]:
    """Return the paths of a version that delivering it will read: what describes it, and files that Git holds."""
    return [path for path, name in _files(version_id, snapshot) if name not in _NEVER_DELIVERED]


def _describes(name: str) -> bool:
    return name in _DESCRIBING or name.endswith(pointer.SUFFIX)


def _files(version_id: VersionId, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    version = snapshot.version(version_id)
    for name, entry in version.entries.items():
        if entry.kind.is_file:
            yield version.full_path(name), name
