"""What became of each metric from one version to another: both figures, and what a comparison says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.evaluate.comparison import compare_versions, metrics_of
from modelyard.evaluate.measurements import measure
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.evaluate.comparison import Candidate, Comparison, MetricComparison
    from modelyard.evaluate.measurements import Measurement

__all__ = ["MetricChange", "MetricChanges", "metric_changes"]


@dataclass(frozen=True)
class MetricChange:
    """One metric; None for a version that was not measured by it.

    :param name: the metric's full name, as ``test.accuracy``.
    :param compared: what the comparison says; None where there is no older version.
    """

    name: str
    newer: Measurement | None
    older: Measurement | None
    compared: MetricComparison | None = None

    @property
    def difference(self) -> float | None:
        """The newer figure less the older one, comparable or not."""
        if self.newer is None or self.older is None:
            return None
        return self.newer.point - self.older.point

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval of the difference, None where no method knows one."""
        found = self.compared.difference if self.compared else None
        return (found.low, found.high) if found and found.low is not None and found.high is not None else None


@dataclass(frozen=True)
class MetricChanges:
    """All metrics of two versions.

    :param comparison: of the two as wholes; None where there is no older one.
    """

    metrics: tuple[MetricChange, ...]
    comparison: Comparison | None = None


def metric_changes(newer: Candidate, older: Candidate | None, policy: Policy) -> MetricChanges:
    """Return what became of each metric that either version was measured by, as ``modelyard compare`` says it too."""
    if older is None:
        names = metrics_of(newer.figures)
        return MetricChanges(tuple(MetricChange(name, _measured(name, newer, policy), None) for name in names))
    comparison = compare_versions(older, newer, policy)
    changes = (
        MetricChange(each.metric, _measured(each.metric, newer, policy), _measured(each.metric, older, policy), each)
        for each in comparison.metrics
    )
    return MetricChanges(tuple(changes), comparison)


def _measured(name: str, candidate: Candidate, policy: Policy) -> Measurement | None:
    split, _, metric = name.rpartition(".")
    return measure(metric, split or None, candidate.figures, policy)
