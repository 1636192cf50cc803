"""Closed forms of statistics, on the standard library alone."""

from __future__ import annotations

from math import hypot, sqrt

__all__ = ["difference_ends", "normal_quantile", "wilson_ends", "wilson_interval"]


def wilson_interval(share: float, rows: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion, as (low, high).

    :param share: the observed proportion, from 0 to 1.
    :param rows: how many rows it was measured on, at least 1.
    :param level: the two-sided confidence level.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209-212.
    """
    return wilson_ends(share, rows, normal_quantile((1 - level) / 2))


def wilson_ends(share: float, rows: int, z: float) -> tuple[float, float]:
    """Return the Wilson score interval for a quantile of the normal distribution, such as 1.96."""
    denominator = 1 + z * z / rows
    centre = (share + z * z / (2 * rows)) / denominator
    half = z / denominator * sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    return max(0.0, centre - half), min(1.0, centre + half)


def difference_ends(newer: tuple[float, float, float], older: tuple[float, float, float]) -> tuple[float, float]:
    """Return the interval of the difference of two independent figures, newer less older.

    The variances are recovered from those ends of the two intervals that lie towards the end in question.

    :param newer: the figure, and the lower and upper end of its interval; so ``older``.

    Source: G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures", Statistics in
    Medicine 27 (2008), 1693-1702; for two proportions with Wilson's intervals it is the tenth method of
    R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890.
    """
    (ours, our_low, our_high), (theirs, their_low, their_high) = newer, older
    difference = ours - theirs
    return (
        difference - hypot(ours - our_low, their_high - theirs),
        difference + hypot(our_high - ours, theirs - their_low),
    )


def normal_quantile(tail: float) -> float:
    """Return the value that a standard normal variable is above with a probability, above 0 and at most a half."""
    from statistics import NormalDist

    return -NormalDist().inv_cdf(tail)
