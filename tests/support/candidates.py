"""Versions in memory that enter a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.dataset_manifest import DataFile, DatasetManifest
from modelyard.documents.metadata_parts import Ensemble, Evaluation, Interval
from modelyard.documents.metrics import Metrics
from modelyard.evaluate.comparison import Candidate
from modelyard.names import VersionId
from modelyard.values import replace
from support.snapshots import snapshot_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.predictions import Predictions

__all__ = ["DATA", "candidate"]

DATA = "1" * 64


def candidate(
    version: str = "1.1.0",
    *,
    rows: int | None = 1000,
    intervals: Mapping[str, tuple[float, float, float]] | None = None,
    data: str | None = DATA,
    predictions: Predictions | None = None,
    tags: tuple[str, ...] = (),
    ensemble: bool = False,
    **metrics: float,
) -> Candidate:
    """Return a version of ``fraud`` that was measured on the test split.

    :param intervals: low, high and level of metrics.
    :param data: the digest of the only file of its data set manifest; None where it has none.
    """
    parsed = snapshot_with().version(VersionId.parse("fraud@1.1.0")).metadata
    assert parsed
    assert parsed.value
    evaluation = Evaluation(n=rows, metrics={name: Interval(*each) for name, each in (intervals or {}).items()})
    version_id = VersionId.parse(f"fraud@{version}")
    metadata = replace(
        parsed.value,
        version=version_id.version,
        tags=tags,
        ensemble=Ensemble("mean", ()) if ensemble else None,
        evaluation={"test": evaluation},
    )
    return Candidate(
        version_id,
        metadata,
        Metrics({f"test.{name}": value for name, value in metrics.items()}),
        predictions,
        DatasetManifest(name="payments", files=(DataFile(sha256=data, size=1, path="data.csv"),)) if data else None,
    )
