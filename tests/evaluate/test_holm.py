from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.evaluate.holm import holm


def closed(p_values: list[float], index: int) -> float:
    """Return the p-value of the closed test whose parts are Bonferroni's: what Holm's is a short way to."""
    others = [each for each in range(len(p_values)) if each != index]
    together = [(index, *more) for size in range(len(p_values)) for more in combinations(others, size)]
    return max(min(1.0, len(parts) * min(p_values[each] for each in parts)) for parts in together)


@given(st.lists(st.floats(0, 1), max_size=6))
def test_holm_is_the_closed_test(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(tuple(closed(p_values, index) for index in range(len(p_values))))


def test_the_order_of_the_metrics_is_kept() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx((0.06, 0.03, 0.06))
