"""Differences: how far two measurements lie apart, how surely, and by which method that is known."""

from __future__ import annotations

from math import exp, hypot, isclose, log
from typing import TYPE_CHECKING

from modelyard.evaluate.statistics import difference_ends, normal_quantile, wilson_ends
from modelyard.evaluate.student import t_quantile
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.evaluate.measurements import Measurement

    Ends = Callable[[float], tuple[float, float]]

__all__ = ["Difference", "difference"]

_SMALLEST = 1e-15
_HALVINGS = 100
_SYMMETRIC = 1e-3  # of the width: bounds are written with few digits


@dataclass(frozen=True)
class Difference:
    """The newer figure less the older one.

    :param low: lower end of its interval at the level, None where no method knows one; so ``high`` and ``p_value``.
    :param p_value: the smallest probability of error at which the interval leaves out 0.
    :param method: the method by its name, empty where there is none.
    """

    effect: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    method: str = ""


def difference(newer: Measurement, older: Measurement, *, level: float) -> Difference:
    """Return the difference of two measurements of independent samples, by the first of three methods that fits.

    - Two shares of known numbers of rows: Newcombe's hybrid score interval.
    - Two intervals that the evaluations state, symmetric and with a number of rows: Welch's, with the standard
      errors and degrees of freedom that the intervals and the rows give.
    - Any two intervals: the variances are recovered from the ends, as Zou and Donner do it.

    Two versions measured on the same rows are not independent, which makes each of these wider than need be.

    :param level: the two-sided confidence level.

    Source: R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10; B. L. Welch, Biometrika 34 (1947),
    28-35; G. Y. Zou and A. Donner, Statistics in Medicine 27 (2008), 1693-1702.
    """
    effect = newer.point - older.point
    if newer.low is None or older.low is None:
        return Difference(effect)
    if newer.level is None and older.level is None:
        name, ends = "Newcombe", _by_ends(newer, older, _score_ends(newer), _score_ends(older))
    elif _is_from_means(newer) and _is_from_means(older):
        name, ends = "Welch", _by_errors(effect, newer, older)
    else:
        name, ends = "Zou-Donner", _by_ends(newer, older, _any_ends(newer), _any_ends(older))
    low, high = ends(1 - level)
    return Difference(effect, low, high, _p_value(effect, ends), name)


def _by_ends(newer: Measurement, older: Measurement, of_newer: Ends, of_older: Ends) -> Ends:
    return lambda alpha: difference_ends((newer.point, *of_newer(alpha)), (older.point, *of_older(alpha)))


def _by_errors(effect: float, newer: Measurement, older: Measurement) -> Ends:
    first, second = _variance(newer), _variance(older)
    spread = first**2 / (_rows(newer) - 1) + second**2 / (_rows(older) - 1)
    degrees = (first + second) ** 2 / spread if spread else 1.0
    error = hypot(first**0.5, second**0.5)

    def ends(alpha: float) -> tuple[float, float]:
        half = error * t_quantile(alpha / 2, degrees)
        return effect - half, effect + half

    return ends


def _variance(measurement: Measurement) -> float:
    low, high, level = measurement.low or 0.0, measurement.high or 0.0, measurement.level or 0.0
    return ((high - low) / 2 / t_quantile((1 - level) / 2, _rows(measurement) - 1)) ** 2


def _score_ends(measurement: Measurement) -> Ends:
    return lambda alpha: wilson_ends(measurement.point, _rows(measurement), normal_quantile(alpha / 2))


def _any_ends(measurement: Measurement) -> Ends:
    if measurement.level is None:
        return _score_ends(measurement)
    point, low, high = measurement.point, measurement.low or 0.0, measurement.high or 0.0
    stated = normal_quantile((1 - measurement.level) / 2)

    def ends(alpha: float) -> tuple[float, float]:
        scale = normal_quantile(alpha / 2) / stated
        return point - (point - low) * scale, point + (high - point) * scale

    return ends


def _is_from_means(measurement: Measurement) -> bool:
    low, high, rows = measurement.low, measurement.high, measurement.rows
    if measurement.level is None or low is None or high is None or not rows or rows < 2:
        return False
    return isclose((low + high) / 2, measurement.point, abs_tol=_SYMMETRIC * (high - low), rel_tol=0)


def _rows(measurement: Measurement) -> int:
    return measurement.rows or 1


def _p_value(effect: float, ends: Ends) -> float:
    """Return where on the way from a wide interval to a narrow one 0 falls out of it; at most 1."""
    if not effect:
        return 1.0
    low, high = log(_SMALLEST), 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        left, right = ends(exp(middle))
        low, high = (middle, high) if left <= 0 <= right else (low, middle)
    return exp(high)
