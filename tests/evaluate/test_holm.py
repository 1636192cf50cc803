from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.evaluate.holm import adjusted

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=6)


def by_closed_testing(p_values: list[float], index: int) -> float:
    """Return the largest p-value that Bonferroni gives any family of hypotheses with this one in it."""
    others = [each for each in range(len(p_values)) if each != index]
    families = [(index, *family) for size in range(len(p_values)) for family in combinations(others, size)]
    return max(min(1.0, len(family) * min(p_values[each] for each in family)) for family in families)


@given(P_VALUES)
def test_it_is_bonferroni_over_every_family_that_a_hypothesis_belongs_to(p_values: list[float]) -> None:
    expected = [by_closed_testing(p_values, index) for index in range(len(p_values))]
    assert adjusted(p_values) == pytest.approx(expected)


def test_nothing_and_one_are_left_as_they_are() -> None:
    assert adjusted([]) == []
    assert adjusted([0.03]) == [0.03]
    assert adjusted([0.01, 0.04, 0.03]) == [0.03, 0.06, 0.06]
