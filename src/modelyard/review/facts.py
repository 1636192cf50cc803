"""What two versions state, side by side: licence, files, source, data, lineage, parameters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelyard.documents.dataset_manifest import DataFile, DatasetManifest
    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metadata_parts import FileRecord
    from modelyard.version_directory import VersionDirectory

__all__ = ["Fact", "facts_of"]

_ABBREVIATED = 16


@dataclass(frozen=True)
class Fact:
    """One thing that versions state; None where one does not."""

    what: str
    newer: str | None
    older: str | None = None

    @property
    def differs(self) -> bool:
        """Whether the two versions do not state the same."""
        return self.newer != self.older


def facts_of(newer: VersionDirectory, older: VersionDirectory | None) -> tuple[Fact, ...]:
    """Return what both versions or one of them state, in a stable order; nothing where the newer one is unreadable.

    Data files, parameters and what else is rarely of interest are left out where both have the same: a reviewer looks
    for what is different.
    """
    ours, theirs = _stated(newer), _stated(older) if older else {}
    if not ours:
        return ()
    names = dict.fromkeys((*ours, *theirs))
    facts = (Fact(name, ours.get(name), theirs.get(name)) for name in names)
    return tuple(fact for fact in facts if fact.differs or not fact.what.startswith(_ONLY_DIFFERENT))


_DATA, _PARAMETER = "data file ", "parameter "
_EVALUATED = "evaluation data of "
_QUALITY = "data quality "
_ASIDE = ("task", "model type", "tags", "features", "training hash", "smoke test", "DVC remote")
_ONLY_DIFFERENT = (_DATA, _PARAMETER, _EVALUATED, _QUALITY, *_ASIDE)


def _stated(version: VersionDirectory) -> dict[str, str]:
    metadata = version.metadata.value if version.metadata else None
    manifest = version.manifest.value if version.manifest else None
    if metadata is None:
        return {}
    return dict(_of_metadata(metadata)) | dict(_of_data(metadata, manifest)) | dict(_lineage(metadata))


def _of_metadata(metadata: Metadata) -> Iterator[tuple[str, str]]:
    yield "licence", metadata.license
    yield "artifact", f"{metadata.artifact}, {metadata.size:,} bytes"
    for path, record in sorted(metadata.files.items()):
        yield f"file {path}", _file(record)
    if metadata.framework:
        yield "framework", str(metadata.framework)
    if metadata.environment:
        yield "environment", f"sha256 {metadata.environment.sha256[:_ABBREVIATED]}…"
    yield from _aside(metadata)
    for name, value in metadata.params.items():
        yield f"{_PARAMETER}{name}", json.dumps(value, ensure_ascii=False)


def _aside(metadata: Metadata) -> Iterator[tuple[str, str]]:
    smoke = metadata.smoke_test
    tolerance = f", within {smoke.tolerance:g}" if smoke and smoke.tolerance is not None else ""
    stated = (
        metadata.task,
        metadata.model_type,
        ", ".join(metadata.tags),
        ", ".join(metadata.feature_names),
        # The commit that the source names says it already.
        metadata.training_hash if metadata.training_hash != f"git:{metadata.source.commit}" else None,
        f"{smoke.expected} of {smoke.input}{tolerance}" if smoke else None,
        metadata.dvc_remote,
    )
    yield from ((what, text) for what, text in zip(_ASIDE, stated, strict=True) if text)
    for name, value in metadata.data_quality.items():
        yield f"{_QUALITY}{name}", json.dumps(value, ensure_ascii=False)


def _file(record: FileRecord) -> str:
    return f"{record.role}, {record.format}, {record.size:,} bytes, sha256 {record.sha256[:_ABBREVIATED]}…"


def _of_data(metadata: Metadata, manifest: DatasetManifest | None) -> Iterator[tuple[str, str]]:
    yield "data set", manifest.name if manifest else metadata.dataset_manifest
    if metadata.training and metadata.training.rows is not None:
        yield "training rows", f"{metadata.training.rows:,}"
    for name, evaluation in metadata.evaluation.items():
        if evaluation.n is not None:
            yield f"evaluated on {name}", f"{evaluation.n:,} rows"
        if evaluation.dataset:
            yield f"{_EVALUATED}{name}", evaluation.dataset
    if manifest:
        yield from _of_manifest(manifest)


def _of_manifest(manifest: DatasetManifest) -> Iterator[tuple[str, str]]:
    if manifest.license:
        yield "data licence", manifest.license
    for name, split in manifest.splits.items():
        yield f"split {name}", f"{split.rows:,} rows" + (f" in {split.file}" if split.file else "")
    for each in manifest.files:
        yield f"{_DATA}{each.path or each.url}", _data_file(each)


def _data_file(each: DataFile) -> str:
    rows = f"{each.rows:,} rows, " if each.rows is not None else ""
    return f"{rows}{each.size:,} bytes, sha256 {each.sha256[:_ABBREVIATED]}…"


def _lineage(metadata: Metadata) -> Iterator[tuple[str, str]]:
    yield "source", f"{metadata.source.repo} at {metadata.source.commit[:12]}"
    members: Mapping[str, tuple[object, ...]] = {
        "parents": metadata.parents,
        "ensemble of": metadata.ensemble.members if metadata.ensemble else (),
    }
    for what, version_ids in members.items():
        if version_ids:
            yield what, ", ".join(map(str, version_ids))
    if metadata.mlflow:
        yield "MLflow run", metadata.mlflow.run_id
