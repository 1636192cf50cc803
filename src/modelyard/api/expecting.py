"""Which documents a reference will have read, told before any of them is: so that they can be fetched together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import metadata, metrics, pointer
from modelyard.names import Version, VersionId
from modelyard.snapshot import POLICY, model_path, stage_path, version_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.refs import Ref
    from modelyard.snapshot import Snapshot

__all__ = ["DVC_CONFIG", "FEW", "expected_paths"]

DVC_CONFIG = ".dvc/config"

FEW = 32
"""Versions whose documents are fetched before it is known which of them is meant."""

_READ = frozenset({metadata.YAML_FILE, metadata.JSON_FILE, metrics.FILE})


def expected_paths(ref: Ref, snapshot: Snapshot) -> list[str]:
    """Return the paths that resolving a reference and pulling what it means will read, and few others.

    Only trees are looked at. Of a version that is named it is all that lies beside it; of a model's newest ones, if
    one of them is meant by a stage, a range or a word, it is what describes them.
    """
    paths = [POLICY, DVC_CONFIG, model_path(ref.name)]
    paths += [stage_path(stage, ref.name) for stage in snapshot.stage_names]
    if isinstance(ref.selector, Version):
        named = VersionId(ref.name, ref.selector)
        return paths + list(_within([named], snapshot, everything=True)) if snapshot.has(named) else paths
    newest = snapshot.versions_of(ref.name)[-FEW:]
    return paths + list(_within(newest, snapshot, everything=False))


def _within(version_ids: Iterable[VersionId], snapshot: Snapshot, *, everything: bool) -> Iterator[str]:
    for version_id in version_ids:
        path = version_path(version_id)
        for entry in snapshot.tree.entries(path):
            if entry.kind.is_file and (everything or entry.name in _READ or entry.name.endswith(pointer.SUFFIX)):
                yield f"{path}/{entry.name}"
