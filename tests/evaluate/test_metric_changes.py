from __future__ import annotations

from math import isclose, sqrt
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.dataset_manifest import DatasetManifest
from modelyard.documents.metrics import Metrics
from modelyard.documents.policy import Policy
from modelyard.evaluate.measurements import Figures, Measurement
from modelyard.evaluate.metric_changes import MetricChange, metric_changes
from modelyard.names import VersionId
from support.snapshots import snapshot_with

Z = NormalDist().inv_cdf(0.975)
COUNTS = st.integers(1, 5000).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows)))


def wilson(share: float, rows: int) -> tuple[float, float]:
    """Return Wilson's interval as the roots of its quadratic equation, which is another way than ours."""
    a, b, c = 1 + Z * Z / rows, -(2 * share + Z * Z / rows), share * share
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def measured(hits: int, rows: int) -> Measurement:
    return Measurement(hits / rows, *wilson(hits / rows, rows))


@given(COUNTS, COUNTS)
def test_of_two_proportions_the_interval_is_newcombes_tenth(ours: tuple[int, int], theirs: tuple[int, int]) -> None:
    """interval == (d - sqrt((p - l)^2 + (U - q)^2), d + sqrt((u - p)^2 + (q - L)^2)), by R. G. Newcombe (1998)"""
    (p, low, high), (q, least, most) = ((hits / rows, *wilson(hits / rows, rows)) for hits, rows in (ours, theirs))
    change = MetricChange("accuracy", measured(*ours), measured(*theirs))
    assert change.interval is not None
    assert isclose(change.interval[0], p - q - sqrt((p - low) ** 2 + (most - q) ** 2), abs_tol=1e-12)
    assert isclose(change.interval[1], p - q + sqrt((high - p) ** 2 + (q - least) ** 2), abs_tol=1e-12)
    swapped = MetricChange("accuracy", measured(*theirs), measured(*ours)).interval
    assert swapped is not None
    assert isclose(swapped[0], -change.interval[1], abs_tol=1e-12)


def test_the_example_of_newcombes_paper() -> None:
    """56/70 against 48/80: 0.2 [0.0524, 0.3339], table II (a), method 10"""
    interval = MetricChange("accuracy", measured(56, 70), measured(48, 80)).interval
    assert interval is not None
    assert [round(end, 4) for end in interval] == [0.0524, 0.3339]


@pytest.mark.parametrize(
    ("newer", "older"),
    [(Measurement(0.5), Measurement(0.4, 0.3, 0.5)), (None, Measurement(0.4)), (Measurement(0.4), None)],
)
def test_without_two_intervals_there_is_none_of_the_difference(
    newer: Measurement | None, older: Measurement | None
) -> None:
    assert MetricChange("x", newer, older).interval is None


@pytest.mark.parametrize(("lower_is_better", "improvement"), [(False, -0.25), (True, 0.25)])
def test_less_can_be_better(lower_is_better: bool, improvement: float) -> None:
    change = MetricChange("loss", Measurement(0.5), Measurement(0.75), lower_is_better=lower_is_better)
    assert (change.difference, change.improvement) == (-0.25, improvement)


def figures_of(version: str, changes: dict[str, str | None] | None = None, **more: Any) -> Figures:
    directory = snapshot_with(changes).version(VersionId.parse(version))
    assert directory.metadata
    assert directory.manifest
    found: dict[str, Any] = {"metrics": Metrics({"test.accuracy": 0.9}), "manifest": directory.manifest.value, **more}
    return Figures(directory.metadata.value, **found)


def test_metrics_of_either_version_are_told() -> None:
    newer = figures_of("fraud@1.1.0", metrics=Metrics({"test.accuracy": 0.9, "b": 1}))
    older = figures_of("fraud@1.0.0", metrics=Metrics({"test.accuracy": 0.8, "slow.loss": 2}))
    changes = metric_changes(newer, older, Policy(lower_is_better=("loss",)))
    assert [(each.name, each.difference, each.lower_is_better) for each in changes] == [
        ("test.accuracy", pytest.approx(0.1), False),
        ("b", None, False),
        ("slow.loss", None, True),
    ]


def test_whether_the_data_are_the_same_is_told_where_digests_say_it() -> None:
    def same_data(older: DatasetManifest | None) -> bool | None:
        newer, other = figures_of("fraud@1.1.0"), figures_of("fraud@1.0.0", manifest=older)
        return metric_changes(newer, other, Policy())[0].same_data

    manifest = figures_of("fraud@1.0.0").manifest
    assert manifest
    assert same_data(manifest) is True
    assert same_data(DatasetManifest(name="other", files=())) is None
    assert same_data(None) is None
