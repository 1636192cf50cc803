from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modelyard.documents.metrics import Metrics
from modelyard.documents.policy import Policy
from modelyard.evaluate.comparison import Candidate, Verdict, compare_versions
from modelyard.evaluate.measurements import Figures
from modelyard.evaluate.metric_changes import metric_changes
from modelyard.names import VersionId
from support.snapshots import snapshot_with

if TYPE_CHECKING:
    from support.reviews import Changes


def candidate(version: str, changes: Changes | None = None, **more: Any) -> Candidate:
    directory = snapshot_with(changes).version(VersionId.parse(version))
    assert directory.metadata
    assert directory.metrics
    assert directory.manifest
    found: dict[str, Any] = {
        "metrics": directory.metrics.value,
        "manifest": directory.manifest.value,
        **more,
    }
    return Candidate(directory.id, Figures(directory.metadata.value, **found))


def test_metrics_of_either_version_are_told() -> None:
    newer = candidate("fraud@1.1.0", metrics=Metrics({"test.accuracy": 0.9, "b": 1}))
    older = candidate("fraud@1.0.0", metrics=Metrics({"test.accuracy": 0.8, "slow.loss": 2}))
    changes = metric_changes(newer, older, Policy())
    assert [(each.name, each.difference, each.interval is not None) for each in changes.metrics] == [
        ("b", None, False),
        ("slow.loss", None, False),
        ("test.accuracy", pytest.approx(0.1), True),
    ]


def test_what_is_said_of_them_is_what_a_comparison_says() -> None:
    newer, older = candidate("fraud@1.1.0"), candidate("fraud@1.0.0")
    changes = metric_changes(newer, older, Policy())
    assert changes.comparison == compare_versions(older, newer, Policy())
    assert changes.comparison is not None
    assert tuple(each.compared for each in changes.metrics) == changes.comparison.metrics


def test_figures_of_other_data_differ_without_an_interval() -> None:
    (change,) = metric_changes(candidate("fraud@1.1.0"), candidate("fraud@1.0.0", manifest=None), Policy()).metrics
    assert change.compared
    assert change.compared.verdict is Verdict.INCOMPARABLE
    assert change.difference == pytest.approx(0.013)
    assert change.interval is None


def test_a_first_version_is_measured_and_not_compared() -> None:
    changes = metric_changes(candidate("fraud@1.1.0"), None, Policy())
    assert changes.comparison is None
    assert [(each.name, each.older, each.compared) for each in changes.metrics] == [("test.accuracy", None, None)]
