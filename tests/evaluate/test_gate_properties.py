"""What holds of a gate whatever the figures are."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.dataset_manifest import DataFile, DatasetManifest
from modelyard.documents.metadata import Metadata
from modelyard.documents.metadata_parts import Evaluation
from modelyard.documents.metrics import Metrics
from modelyard.documents.policy import Gate, Policy
from modelyard.evaluate.gates import Verdict, judge_bound, judge_regression
from modelyard.evaluate.measurements import Figures, Measurement
from modelyard.evaluate.regressions import loss
from modelyard.names import VersionId
from modelyard.values import replace
from support.snapshots import snapshot_with

MANIFEST = DatasetManifest(name="payments", files=(DataFile(sha256="1" * 64, size=1, path="data.csv"),))
ORDER = [Verdict.BROKEN, Verdict.UNSURE, Verdict.KEPT]

shares = st.floats(0, 1)
row_counts = st.one_of(st.none(), st.integers(1, 10**6))
tolerances = st.floats(0, 1)


def _metadata() -> Metadata:
    parsed = snapshot_with().version(VersionId.parse("fraud@1.1.0")).metadata
    assert parsed
    assert parsed.value
    return parsed.value


METADATA = _metadata()


def figures(share: float, rows: int | None) -> Figures:
    metadata = replace(METADATA, evaluation={"test": Evaluation(n=rows)})
    return Figures(metadata, Metrics({"test.accuracy": share}), MANIFEST)


def regression(newer: float, older: float, rows: int | None, tolerance: float, *, strict: bool = False) -> Verdict:
    gate = Gate(metric="accuracy", split="test", no_regression=True, tolerance=tolerance, strict=strict)
    return judge_regression(gate, figures(newer, rows), figures(older, rows), Policy()).verdict


@given(shares, shares, row_counts, tolerances, tolerances)
def test_more_tolerance_never_makes_a_verdict_worse(
    newer: float, older: float, rows: int | None, one: float, other: float
) -> None:
    """verdict(t) <= verdict(t') where t <= t'"""
    less, more = sorted([one, other])
    assert ORDER.index(regression(newer, older, rows, less)) <= ORDER.index(regression(newer, older, rows, more))


@given(shares, shares, row_counts, tolerances)
def test_strict_turns_unsure_into_broken_and_nothing_else(
    newer: float, older: float, rows: int | None, tolerance: float
) -> None:
    """strict(v) == BROKEN if v is UNSURE else v"""
    verdict = regression(newer, older, rows, tolerance)
    strict = Verdict.BROKEN if verdict is Verdict.UNSURE else verdict
    assert regression(newer, older, rows, tolerance, strict=True) is strict


@given(shares, row_counts)
def test_the_same_figure_is_never_a_regression(share: float, rows: int | None) -> None:
    """verdict(p, p) is not BROKEN"""
    assert regression(share, share, rows, 0.0) is not Verdict.BROKEN


@given(shares, st.integers(1, 10**6), shares)
def test_a_bound_that_is_kept_for_sure_is_kept_by_the_point(share: float, rows: int, threshold: float) -> None:
    """KEPT implies p >= threshold"""
    gate = Gate(metric="accuracy", split="test", at_least=threshold)
    if judge_bound(gate, figures(share, rows), Policy()).verdict is Verdict.KEPT:
        assert share >= threshold - 1e-12


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(0.01, 10), st.floats(0.01, 10))
def test_of_two_symmetric_intervals_the_bound_is_that_of_two_normal_means(
    newer: float, older: float, error: float, other: float
) -> None:
    """most == x₁ - x₂ + z·sqrt(s₁² + s₂²)"""
    z = 1.959964
    ours = Measurement(newer, newer - z * error, newer + z * error)
    theirs = Measurement(older, older - z * other, older + z * other)
    expected = older - newer + z * sqrt(error**2 + other**2)
    assert loss(ours, theirs, lower_is_better=False).most == pytest.approx(expected, abs=1e-9)
