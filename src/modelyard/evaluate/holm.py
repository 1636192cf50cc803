"""Holm's correction: many comparisons at once, with one probability of error for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["adjusted"]


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Return each p-value as it counts beside the others, in the same order; each is at most 1.

    Calling every difference real whose adjusted value is at most some level errs in any of them with a probability
    of that level at most, however they depend on each other.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
    (1979), 65-70.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    found = [0.0] * len(p_values)
    highest = 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[index]))
        found[index] = highest
    return found
