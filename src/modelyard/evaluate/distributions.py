"""Distributions that tests and intervals rest on, in the standard library alone."""

from __future__ import annotations

from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, log1p, sqrt

__all__ = ["binomial_half", "binomial_half_mass", "normal_cdf", "normal_quantile", "t_cdf", "t_quantile"]

_TINY = 1e-300
_PRECISION = 1e-15
_MOST_TERMS = 10_000


def normal_cdf(z: float) -> float:
    """Return the probability that a standard normal variable is at most ``z``; small tails keep their digits."""
    return erfc(-z / sqrt(2)) / 2


@lru_cache(maxsize=64)
def normal_quantile(probability: float) -> float:
    """Return the ``z`` that a standard normal variable does not exceed with that probability, between 0 and 1.

    Source: M. J. Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), 477-484, as the standard library has it.
    """
    from statistics import NormalDist

    return NormalDist().inv_cdf(probability)


def t_cdf(t: float, freedom: float) -> float:
    """Return the probability that Student's t with that many degrees of freedom is at most ``t``.

    Source: M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), 26.7.1 and 26.5.27.
    """
    # Each form keeps the digits where it is used: of what lies near the middle, or of the tail.
    if t * t < min(1, freedom):
        within = _beta_share(t * t / (freedom + t * t), 0.5, freedom / 2) / 2
        return 0.5 + within if t > 0 else 0.5 - within
    tail = _beta_share(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


@lru_cache(maxsize=256)
def t_quantile(probability: float, freedom: float) -> float:
    """Return the ``t`` that Student's t does not exceed with that probability, between 0 and 1; by bisection."""
    if probability < 0.5:
        return -t_quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while t_cdf(high, freedom) < probability and high < inf:
        low, high = high, 2 * high
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        low, high = (middle, high) if t_cdf(middle, freedom) < probability else (low, middle)


def binomial_half(successes: int, trials: int) -> float:
    """Return the probability of at most that many heads when a fair coin is thrown.

    Source: Abramowitz and Stegun (1964), 26.5.24.
    """
    if successes >= trials:
        return 1.0
    return 0.0 if successes < 0 else _beta_share(0.5, trials - successes, successes + 1)


def binomial_half_mass(successes: int, trials: int) -> float:
    """Return the probability of exactly that many heads when a fair coin is thrown."""
    ways = lgamma(trials + 1) - lgamma(successes + 1) - lgamma(trials - successes + 1)
    return exp(ways - trials * log(2))


def _beta_share(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function.

    Source: NIST Digital Library of Mathematical Functions, 8.17.4 and 8.17.22.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    return front * _beta_fraction(x, a, b) / a


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Evaluate the continued fraction by the method of Lentz.

    Source: W. J. Lentz, Applied Optics 15 (1976), 668-671, as modified by I. J. Thompson and A. R. Barnett,
    Journal of Computational Physics 64 (1986), 490-509.
    """
    upper, lower = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    value = lower
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            lower = 1 / _nonzero(1 + term * lower)
            upper = _nonzero(1 + term / upper)
            step = lower * upper
            value *= step
        if abs(step - 1) < _PRECISION:
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
