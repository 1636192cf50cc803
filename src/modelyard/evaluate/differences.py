"""Differences between two measurements: how large, within which interval, and how likely by chance alone."""

from __future__ import annotations

from math import hypot, sqrt
from typing import TYPE_CHECKING

from modelyard.evaluate.distributions import (
    binomial_half,
    binomial_half_mass,
    normal_cdf,
    normal_quantile,
    t_cdf,
    t_quantile,
)
from modelyard.evaluate.statistics import wilson_ends
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Bounds", "Difference", "Mean", "Share", "from_bounds", "mcnemar", "newcombe", "normal_difference", "welch"]

_LARGEST_Z = 38.0


@dataclass(frozen=True)
class Difference:
    """The second of two figures less the first.

    :param low: lower end of its interval at the level that was asked for; so ``high``.
    :param p_value: two-sided probability of a difference at least as large where there is none.
    """

    effect: float
    low: float
    high: float
    p_value: float
    method: str


@dataclass(frozen=True)
class Share:
    """A proportion of a number of rows."""

    share: float
    rows: int


@dataclass(frozen=True)
class Mean:
    """A mean of a number of rows, and its standard error."""

    mean: float
    error: float
    rows: int


@dataclass(frozen=True)
class Bounds:
    """A figure within a stated interval."""

    low: float
    point: float
    high: float
    level: float

    @property
    def below(self) -> float:
        """How far the lower end lies below the point, in units of the normal quantile."""
        return (self.point - self.low) / self._quantile

    @property
    def above(self) -> float:
        """The same of the upper end."""
        return (self.high - self.point) / self._quantile

    @property
    def _quantile(self) -> float:
        return normal_quantile((1 + self.level) / 2)


def newcombe(first: Share, second: Share, *, level: float = 0.95) -> Difference:
    """Return the difference of two independent proportions, by the score intervals of both.

    The p-value is the level at which the interval begins to hold 0, so the two never disagree.

    Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of
    eleven methods", Statistics in Medicine 17 (1998), 873-890, method 10.
    """
    effect = second.share - first.share

    def ends(z: float) -> tuple[float, float]:
        low_1, high_1 = wilson_ends(first.share, first.rows, z)
        low_2, high_2 = wilson_ends(second.share, second.rows, z)
        return (
            effect - hypot(second.share - low_2, high_1 - first.share),
            effect + hypot(high_2 - second.share, first.share - low_1),
        )

    low, high = ends(normal_quantile((1 + level) / 2))
    return Difference(effect, low, high, _inverted(effect, ends), "Newcombe")


def welch(first: Mean, second: Mean, *, level: float = 0.95) -> Difference:
    """Return the difference of two independent means whose variances may differ.

    :raises ValueError: one of them rests on fewer than two rows.

    Source: B. L. Welch, "The generalization of 'Student's' problem when several different population variances are
    involved", Biometrika 34 (1947), 28-35.
    """
    if min(first.rows, second.rows) < 2:
        raise ValueError("a mean of one row has no known error")
    effect = second.mean - first.mean
    error = hypot(first.error, second.error)
    if not error:
        return _exact(effect, "Welch")
    shares = [(each.error / error) ** 4 / (each.rows - 1) for each in (first, second)]
    freedom = 1 / sum(shares)
    half = t_quantile((1 + level) / 2, freedom) * error
    return Difference(effect, effect - half, effect + half, 2 * t_cdf(-abs(effect) / error, freedom), "Welch")


def from_bounds(first: Bounds, second: Bounds, *, level: float = 0.95) -> Difference:
    """Return the difference of two independent figures, of which only their intervals are known.

    Intervals of other levels than the one asked for are drawn in or out as the normal quantiles are.

    Source: G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures", Statistics in
    Medicine 27 (2008), 1693-1702.
    """
    effect = second.point - first.point
    down, up = hypot(second.below, first.above), hypot(second.above, first.below)
    towards_none = down if effect > 0 else up
    p_value = 2 * normal_cdf(-abs(effect) / towards_none) if towards_none else float(not effect)
    z = normal_quantile((1 + level) / 2)
    return Difference(effect, effect - z * down, effect + z * up, p_value, "Zou-Donner")


def normal_difference(effect: float, error: float, *, level: float, method: str) -> Difference:
    """Return a difference whose standard error is known, by the normal distribution."""
    if not error:
        return _exact(effect, method)
    half = normal_quantile((1 + level) / 2) * error
    return Difference(effect, effect - half, effect + half, 2 * normal_cdf(-abs(effect) / error), method)


def mcnemar(lost: int, gained: int, rows: int, *, level: float = 0.95) -> Difference:
    """Return the difference of two proportions that were measured on the same rows.

    :param lost: rows that only the first has right.
    :param gained: rows that only the second has right.

    The p-value is the mid-p one; the interval is that of Bonett and Price. Of few rows the two may disagree at the
    edge, and the p-value decides.

    Sources: M. W. Fagerland, S. Lydersen and P. Laake, "The McNemar test for binary matched-pairs data", BMC Medical
    Research Methodology 13 (2013), 91; D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a
    difference of binomial proportions based on paired data", Journal of Educational and Behavioral Statistics 37
    (2012), 479-488.
    """
    few, apart = min(lost, gained), lost + gained
    p_value = 1.0 if lost == gained else 2 * binomial_half(few, apart) - binomial_half_mass(few, apart)
    first, second = (lost + 1) / (rows + 2), (gained + 1) / (rows + 2)
    centre = second - first
    half = normal_quantile((1 + level) / 2) * sqrt((first + second - centre**2) / (rows + 2))
    return Difference(
        (gained - lost) / rows, max(-1.0, centre - half), min(1.0, centre + half), min(1.0, p_value), "McNemar mid-p"
    )


def _inverted(effect: float, ends: Callable[[float], tuple[float, float]]) -> float:
    """Return the two-sided p-value at which an interval, which widens with ``z``, begins to hold 0."""
    if not effect:
        return 1.0
    narrow, wide = 0.0, _LARGEST_Z
    for _ in range(60):
        z = (narrow + wide) / 2
        low, high = ends(z)
        narrow, wide = (narrow, z) if low <= 0 <= high else (z, wide)
    return 2 * normal_cdf(-narrow)


def _exact(effect: float, method: str) -> Difference:
    return Difference(effect, effect, effect, 0.0 if effect else 1.0, method)
