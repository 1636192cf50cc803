"""Held against published figures, and against SciPy on random inputs."""

from __future__ import annotations

from math import hypot, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from modelyard.evaluate.differences import Bounds, Mean, Share, from_bounds, mcnemar, newcombe, welch

LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])
counts = st.integers(1, 5000).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows)))


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10, as second less first.
    [((48, 80), (56, 70), 0.0524, 0.3339), ((3, 10), (9, 10), 0.1705, 0.8090), ((0, 29), (5, 56), -0.0381, 0.1926)],
)
def test_the_published_intervals(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    found = newcombe(*(Share(hits / rows, rows) for hits, rows in (first, second)))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(counts, counts, LEVELS)
def test_newcombe_is_made_of_two_intervals_of_wilson(
    first: tuple[int, int], second: tuple[int, int], level: float
) -> None:
    found = newcombe(*(Share(hits / rows, rows) for hits, rows in (first, second)), level=level)
    one, other = (
        stats.binomtest(hits, rows).proportion_ci(confidence_level=level, method="wilson")
        for hits, rows in (first, second)
    )
    p, q = first[0] / first[1], second[0] / second[1]
    assert found.low == pytest.approx(q - p - hypot(q - other.low, one.high - p), abs=1e-9)
    assert found.high == pytest.approx(q - p + hypot(other.high - q, p - one.low), abs=1e-9)


@given(counts, counts, LEVELS)
def test_the_p_value_of_newcombe_never_disagrees_with_its_interval(
    first: tuple[int, int], second: tuple[int, int], level: float
) -> None:
    found = newcombe(*(Share(hits / rows, rows) for hits, rows in (first, second)), level=level)
    assume(abs(found.p_value - (1 - level)) > 1e-9)
    assert (found.p_value < 1 - level) is not (found.low <= 0 <= found.high)


@given(st.integers(0, 2**32 - 1), st.integers(3, 60), st.integers(3, 60), LEVELS)
def test_welch(seed: int, first: int, second: int, level: float) -> None:
    one = stats.norm.rvs(1, 2, size=first, random_state=seed)
    other = stats.norm.rvs(1.5, 0.5, size=second, random_state=seed + 1)
    oracle = stats.ttest_ind(other, one, equal_var=False)
    interval = oracle.confidence_interval(level)
    found = welch(
        *(Mean(float(x.mean()), float(x.std(ddof=1)) / sqrt(len(x)), len(x)) for x in (one, other)), level=level
    )
    assert found.p_value == pytest.approx(float(oracle.pvalue), rel=1e-6, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((float(interval.low), float(interval.high)), rel=1e-6, abs=1e-9)


def test_a_mean_of_one_row_has_no_error() -> None:
    with pytest.raises(ValueError, match=r"^a mean of one row has no known error$"):
        welch(Mean(1, 1, 1), Mean(1, 1, 9))


def test_means_that_never_vary_differ_surely_or_not_at_all() -> None:
    assert welch(Mean(1, 0, 9), Mean(1, 0, 9)).p_value == 1
    assert welch(Mean(1, 0, 9), Mean(2, 0, 9)).p_value == 0


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 2000))
def test_the_mid_p_value_of_mcnemar(lost: int, gained: int, alike: int) -> None:
    assume(lost + gained + alike)
    found = mcnemar(lost, gained, lost + gained + alike)
    if lost == gained:
        assert found.p_value == 1
    else:
        exact = stats.binomtest(gained, lost + gained).pvalue
        mass = stats.binom.pmf(gained, lost + gained, 0.5)
        assert found.p_value == pytest.approx(float(exact - mass), rel=1e-7, abs=1e-12)


def test_the_published_mid_p_value() -> None:
    # Fagerland, Lydersen and Laake (2013), table 1: 1 and 7 discordant pairs of 21.
    found = mcnemar(1, 7, 21)
    assert round(found.p_value, 3) == 0.039
    assert found.effect == pytest.approx(6 / 21)


@given(st.floats(0.01, 5), st.floats(0.01, 5), st.floats(-3, 3), LEVELS, LEVELS)
def test_symmetrical_bounds_give_the_z_test(
    first: float, second: float, effect: float, level: float, claimed: float
) -> None:
    z = float(stats.norm.ppf((1 + claimed) / 2))
    found = from_bounds(
        Bounds(-z * first, 0, z * first, claimed),
        Bounds(effect - z * second, effect, effect + z * second, claimed),
        level=level,
    )
    error = hypot(first, second)
    assert found.p_value == pytest.approx(float(2 * stats.norm.sf(abs(effect) / error)), rel=1e-6)
    expected = stats.norm.interval(level, effect, error)
    assert (found.low, found.high) == pytest.approx(tuple(map(float, expected)), rel=1e-6, abs=1e-9)
