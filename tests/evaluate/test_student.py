from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from modelyard.evaluate.student import t_quantile, t_tail

DEGREES = st.floats(0.5, 1e6)


@given(st.floats(0, 100), DEGREES)
@example(3.09e-06, 131072.0)
def test_tails_are_those_of_scipy(t: float, degrees: float) -> None:
    assert t_tail(t, degrees) == pytest.approx(float(stats.t.sf(t, degrees)), rel=1e-6, abs=1e-200)


@given(st.floats(1e-12, 0.49), DEGREES)
def test_quantiles_are_those_of_scipy(tail: float, degrees: float) -> None:
    assert t_quantile(tail, degrees) == pytest.approx(float(stats.t.isf(tail, degrees)), rel=1e-6, abs=1e-9)


def test_half_of_the_distribution_is_above_its_middle() -> None:
    assert t_tail(0, 7) == 0.5
    assert t_quantile(0.5, 7) == pytest.approx(0, abs=1e-9)
