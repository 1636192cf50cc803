"""Student's t distribution, on the standard library alone."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

__all__ = ["t_quantile", "t_tail"]

_TINY = 1e-300
_CLOSE = 1e-15
_MOST_STEPS = 10_000
_HALVINGS = 200


def t_tail(t: float, degrees: float) -> float:
    """Return the probability that a variable of Student's distribution is above ``t``, from 0 on.

    :param degrees: the degrees of freedom, any number above 0; from a Welch-Satterthwaite formula it need not be whole.

    Source: by the incomplete beta function, NIST Digital Library of Mathematical Functions, 8.17.
    """
    if t < 1:
        # Near the middle 1 less a tiny share would round it away.
        return (1 - _incomplete_beta(t * t / (degrees + t * t), 0.5, degrees / 2)) / 2
    return _incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2


def t_quantile(tail: float, degrees: float) -> float:
    """Return the value that a variable of Student's distribution is above with a probability.

    :param tail: the probability, above 0 and at most a half.
    """
    low, high = 0.0, 1.0
    while t_tail(high, degrees) > tail:
        low, high = high, high * 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if t_tail(middle, degrees) > tail else (low, middle)
    return high


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function of an x from 0 to 1."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    # The fraction converges fast on one side of the mean alone; the other side is its mirror image.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction 8.17.22 by Lentz's algorithm, as Thompson and Barnett changed it."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for step in range(1, _MOST_STEPS):
        for term in _terms(step, x, a, b):
            c, d = _not_zero(1 + term / c), 1 / _not_zero(1 + term * d)
            value *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return value


def _terms(step: int, x: float, a: float, b: float) -> tuple[float, float]:
    even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
    odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
    return even, odd


def _not_zero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY
