"""What became of each metric from one version to another, and between which bounds that lies."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from modelyard.evaluate.measurements import data_of, measure
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.evaluate.measurements import Figures, Measurement

__all__ = ["MetricChange", "metric_changes"]


@dataclass(frozen=True)
class MetricChange:
    """One metric of two versions; None where one of them was not measured by it.

    :param name: the metric's full name, as ``test.accuracy``.
    :param same_data: whether both were measured on the same data, None where no digest says so.
    """

    name: str
    newer: Measurement | None
    older: Measurement | None
    lower_is_better: bool = False
    same_data: bool | None = None

    @property
    def difference(self) -> float | None:
        """The newer figure less the older one."""
        if self.newer is None or self.older is None:
            return None
        return self.newer.point - self.older.point

    @property
    def improvement(self) -> float | None:
        """By how much it became better; less than 0 where it became worse."""
        return -self.difference if self.difference is not None and self.lower_is_better else self.difference

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval of the difference, None where one of the two has none.

        Both are taken for independent. Of versions that were measured on the same rows this says too little and
        never too much.

        Source: G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures", Statistics in
        Medicine 27 (2008), 1693-1702.
        """
        newer, older, difference = self.newer, self.older, self.difference
        if newer is None or older is None or difference is None:
            return None
        if newer.low is None or newer.high is None or older.low is None or older.high is None:
            return None
        below = hypot(newer.point - newer.low, older.high - older.point)
        above = hypot(newer.high - newer.point, older.point - older.low)
        return difference - below, difference + above


def metric_changes(newer: Figures, older: Figures | None, policy: Policy) -> tuple[MetricChange, ...]:
    """Return what became of each metric that either version was measured by, in the order of the newer one's file."""
    names = dict.fromkeys((*_names(newer), *(_names(older) if older else ())))
    return tuple(_change(name, newer, older, policy) for name in names)


def _names(figures: Figures) -> tuple[str, ...]:
    return tuple(figures.metrics.values) if figures.metrics else ()


def _change(name: str, newer: Figures, older: Figures | None, policy: Policy) -> MetricChange:
    where, _, metric = name.rpartition(".")
    split = where or None
    ours, theirs = data_of(split, newer), data_of(split, older) if older else None
    return MetricChange(
        name,
        measure(metric, split, newer, policy),
        measure(metric, split, older, policy) if older else None,
        lower_is_better=metric in policy.lower_is_better,
        same_data=ours == theirs if ours and theirs else None,
    )
