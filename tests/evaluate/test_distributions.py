"""Held against SciPy, which knows them to nearly every digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from modelyard.evaluate.distributions import (
    binomial_half,
    binomial_half_mass,
    normal_cdf,
    normal_quantile,
    t_cdf,
    t_quantile,
)

probabilities = st.floats(1e-6, 1 - 1e-6)
freedoms = st.floats(0.5, 1e6)


@given(st.floats(-35, 35))
def test_the_normal_distribution(z: float) -> None:
    assert normal_cdf(z) == pytest.approx(float(stats.norm.cdf(z)), rel=1e-11)


@given(probabilities)
def test_the_normal_quantile(probability: float) -> None:
    assert normal_quantile(probability) == pytest.approx(float(stats.norm.ppf(probability)), rel=1e-9, abs=1e-12)


@given(st.floats(-50, 50), freedoms)
def test_students_t(t: float, freedom: float) -> None:
    assert t_cdf(t, freedom) == pytest.approx(float(stats.t.cdf(t, freedom)), rel=1e-8, abs=1e-290)


@given(probabilities, st.floats(1, 1e6))
def test_the_quantile_of_students_t(probability: float, freedom: float) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(
        float(stats.t.ppf(probability, freedom)), rel=1e-7, abs=1e-9
    )


@given(st.integers(1, 5000).flatmap(lambda trials: st.tuples(st.integers(-1, trials), st.just(trials))))
def test_heads_of_a_fair_coin(case: tuple[int, int]) -> None:
    heads, trials = case
    assert binomial_half(heads, trials) == pytest.approx(float(stats.binom.cdf(heads, trials, 0.5)), rel=1e-8)
    if heads >= 0:
        assert binomial_half_mass(heads, trials) == pytest.approx(
            float(stats.binom.pmf(heads, trials, 0.5)), rel=1e-8, abs=1e-300
        )
