"""Regressions: whether a version's metric is worse than that of the version whose place it takes."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING

from modelyard.evaluate.measurements import measured_alike
from modelyard.evaluate.statistics import difference_ends
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.policy import Gate
    from modelyard.evaluate.measurements import Figures, Measurement

__all__ = ["Loss", "incomparable", "loss"]

_ROUNDING = 1e-12


@dataclass(frozen=True)
class Loss:
    """By how much a metric became worse; less than 0 where it became better.

    :param most: the upper confidence bound of that, None where it is not known.
    :param method: where the bound comes from, and from which two intervals.
    """

    point: float
    most: float | None
    method: str = ""

    def is_at_most(self, tolerance: float) -> bool:
        """Whether the point is within a tolerance, rounding set aside: 0.91 - 0.9 is no more than 0.01."""
        return self.point <= tolerance or isclose(self.point, tolerance, rel_tol=1e-9, abs_tol=_ROUNDING)


def incomparable(gate: Gate, newer: Figures, older: Figures, champion: Measurement | None) -> str | None:
    """Return why two versions cannot be compared by the metric of a gate, or None where they can.

    :param champion: the metric as it was measured of the older one.
    """
    if champion is None:
        return "was not measured there"
    if champion.doubt:
        return f"was measured there as {champion.point:g}, {champion.doubt}"
    alike = measured_alike(gate.split, newer, older)
    if alike is None:
        return "was measured on data of which no digest is known"
    return None if alike else "was measured there on other data"


def loss(newer: Measurement, older: Measurement, *, lower_is_better: bool) -> Loss:
    """Return by how much the newer measurement is worse than the older one.

    The bound is the upper end of that difference's interval, made of the two intervals as they are known; see
    :func:`modelyard.evaluate.statistics.difference_ends`. It takes both for independent, which of two versions
    measured on the same rows says too little and never too much.
    """
    more, less = (newer, older) if lower_is_better else (older, newer)
    point = more.point - less.point
    if more.low is None or more.high is None or less.low is None or less.high is None:
        return Loss(point, None)
    _, most = difference_ends((more.point, more.low, more.high), (less.point, less.low, less.high))
    return Loss(point, most, f"Zou and Donner, of {newer.method} and {older.method}")
