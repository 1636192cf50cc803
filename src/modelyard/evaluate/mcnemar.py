"""McNemar's test: two shares that were measured on the same rows."""

from __future__ import annotations

from math import exp, lgamma, log, sqrt

from modelyard.evaluate.differences import Difference
from modelyard.evaluate.statistics import normal_quantile

__all__ = ["mcnemar"]


def mcnemar(lost: int, gained: int, rows: int, *, level: float) -> Difference:
    """Return the difference of two shares by the rows on which they disagree.

    The p-value is the mid-p one, the interval that of Bonett and Price. Where few rows differ the two may disagree at
    the edge; the p-value decides then.

    :param lost: rows that only the older version has right.
    :param gained: rows that only the newer version has right.

    Source: M. W. Fagerland, S. Lydersen and P. Laake, BMC Medical Research Methodology 13 (2013), 91; D. G. Bonett and
    R. M. Price, Journal of Educational and Behavioral Statistics 37 (2012), 479-488.
    """
    # The interval counts one row more on either side, and two more in all.
    less, more = (lost + 1) / (rows + 2), (gained + 1) / (rows + 2)
    half = normal_quantile((1 - level) / 2) * sqrt((less + more - (more - less) ** 2) / (rows + 2))
    low, high = max(-1.0, more - less - half), min(1.0, more - less + half)
    return Difference((gained - lost) / rows, low, high, _mid_p(lost, gained), "McNemar mid-p")


def _mid_p(lost: int, gained: int) -> float:
    """Return twice the probability of fewer heads of a fair coin, and once that of as many."""
    few, throws = min(lost, gained), lost + gained
    if lost == gained:
        return 1.0
    term = exp(lgamma(throws + 1) - lgamma(few + 1) - lgamma(throws - few + 1) - throws * log(2))
    total = term
    for heads in range(few, 0, -1):
        term *= heads / (throws - heads + 1)
        total += 2 * term
    return min(1.0, total)
