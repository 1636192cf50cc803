"""Versions with predictions are compared row by row."""

from __future__ import annotations

import pytest

from modelyard.documents.metadata_parts import Evaluation
from modelyard.documents.metrics import Metrics
from modelyard.documents.policy import Policy
from modelyard.documents.predictions import Predictions, Row
from modelyard.evaluate.comparison import Candidate, MetricComparison, Verdict, compare_versions
from modelyard.evaluate.measurements import Figures
from modelyard.names import VersionId
from modelyard.values import replace
from support.snapshots import snapshot_with

OLD, NEW = VersionId.parse("fraud@1.0.0"), VersionId.parse("fraud@1.1.0")


def candidate(
    version_id: VersionId, accuracy: float, predictions: Predictions | None, name: str = "accuracy"
) -> Candidate:
    figures = Figures.of(snapshot_with().version(NEW))
    assert figures.metadata
    metadata = replace(figures.metadata, evaluation={"test": Evaluation(n=1000)})
    return Candidate(
        version_id, replace(figures, metadata=metadata, metrics=Metrics({f"test.{name}": accuracy})), predictions
    )


def predicted(right: int, rows: int = 1000, truth: str = "1") -> Predictions:
    return Predictions({"test": {str(row): Row(truth, truth if row < right else "?") for row in range(rows)}})


def only(older: Candidate, newer: Candidate) -> MetricComparison:
    (found,) = compare_versions(older, newer, Policy()).metrics
    return found


def test_predictions_of_the_same_rows_are_compared_in_pairs() -> None:
    found = only(candidate(OLD, 0.9, predicted(900)), candidate(NEW, 0.91, predicted(910)))
    assert found.difference
    assert (found.difference.method, found.verdict) == ("McNemar mid-p", Verdict.BETTER)
    assert found.adjusted == pytest.approx(0.5**10)


@pytest.mark.parametrize(
    ("predictions", "why"),
    [
        (predicted(950), "metrics.json states 0.91 where the predictions give 0.95"),
        (predicted(900, 999), "the predictions of the two are not for the same rows"),
        (predicted(910, truth="0"), "the predictions of the two are not for the same rows"),
    ],
)
def test_predictions_that_contradict_what_is_stated_are_not_passed_over(predictions: Predictions, why: str) -> None:
    found = only(candidate(OLD, 0.9, predicted(900)), candidate(NEW, 0.91, predictions))
    assert (found.verdict, found.explanation) == (Verdict.INCOMPARABLE, why)


def test_predictions_of_one_version_or_of_another_split_make_no_pairs() -> None:
    for predictions in (None, Predictions({"train": {"1": Row("1", "1")}})):
        found = only(candidate(OLD, 0.9, predicted(900)), candidate(NEW, 0.91, predictions))
        assert found.difference
        assert found.difference.method == "Newcombe"


def test_a_metric_of_more_than_rows_is_left_to_what_is_stated() -> None:
    found = only(candidate(OLD, 0.9, predicted(900), "auc"), candidate(NEW, 0.91, predicted(910), "auc"))
    assert found.difference
    assert (found.difference.method, found.verdict) == ("", Verdict.INCONCLUSIVE)
