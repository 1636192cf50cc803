from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from modelyard.evaluate.differences import Difference, difference
from modelyard.evaluate.measurements import Measurement
from modelyard.evaluate.statistics import wilson_interval

ROWS = st.integers(1, 5000)
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])


def share(hits: int, rows: int) -> Measurement:
    return Measurement(hits / rows, *wilson_interval(hits / rows, rows), rows=rows)


def mean(point: float, deviation: float, rows: int, level: float = 0.95) -> Measurement:
    """Return a mean with the interval that Student's distribution gives it."""
    half = float(stats.t.isf((1 - level) / 2, rows - 1)) * deviation / sqrt(rows)
    return Measurement(point, point - half, point + half, rows=rows, level=level)


def test_two_shares_are_held_against_one_another_as_newcombe_does() -> None:
    # Table II (a) of the source: 56 of 70 less 48 of 80 is between 0.0524 and 0.3339.
    found = difference(share(56, 70), share(48, 80), level=0.95)
    assert found.method == "Newcombe"
    assert found.effect == pytest.approx(0.2)
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)


@given(st.floats(-3, 3), st.floats(0.1, 5), st.integers(2, 500), st.floats(0.1, 5), st.integers(2, 500), LEVELS)
def test_two_means_are_held_against_one_another_as_scipy_does(
    point: float, deviation: float, rows: int, other: float, other_rows: int, level: float
) -> None:
    found = difference(mean(point, deviation, rows, 0.9), mean(0.0, other, other_rows), level=level)
    expected = stats.ttest_ind_from_stats(point, deviation, rows, 0.0, other, other_rows, equal_var=False)
    first, second = deviation**2 / rows, other**2 / other_rows
    degrees = (first + second) ** 2 / (first**2 / (rows - 1) + second**2 / (other_rows - 1))
    half = float(stats.t.isf((1 - level) / 2, degrees)) * sqrt(first + second)
    assert found.method == "Welch"
    assert found.low == pytest.approx(point - half, rel=1e-6, abs=1e-9)
    assert found.high == pytest.approx(point + half, rel=1e-6, abs=1e-9)
    assert found.p_value == pytest.approx(float(expected.pvalue), rel=1e-5, abs=1e-14)


@given(st.floats(0.1, 0.9), st.floats(0.001, 0.1), st.floats(0.001, 0.1))
def test_intervals_without_rows_give_a_test_of_two_normal_figures(point: float, first: float, second: float) -> None:
    z = float(stats.norm.isf(0.025))
    newer = Measurement(point, point - z * first, point + z * first, level=0.95)
    older = Measurement(0.5, 0.5 - z * second, 0.5 + z * second, level=0.95)
    found = difference(newer, older, level=0.95)
    error = sqrt(first**2 + second**2)
    assert found.method == "Zou-Donner"
    assert found.low == pytest.approx(point - 0.5 - z * error)
    assert found.p_value == pytest.approx(float(2 * stats.norm.sf(abs(point - 0.5) / error)), rel=1e-6, abs=2e-15)


def test_a_lopsided_interval_is_taken_end_by_end() -> None:
    newer = Measurement(0.9, 0.8, 0.92, rows=100, level=0.95)
    older = Measurement(0.7, 0.68, 0.72, rows=100, level=0.95)
    found = difference(newer, older, level=0.95)
    assert found.method == "Zou-Donner"
    assert found.low == pytest.approx(0.2 - sqrt(0.1**2 + 0.02**2))
    assert found.high == pytest.approx(0.2 + sqrt(0.02**2 + 0.02**2))
    assert found.p_value == pytest.approx(1.2e-4, rel=0.1)


@given(ROWS, ROWS, st.data(), LEVELS)
def test_the_p_value_is_where_the_interval_lets_go_of_zero(
    rows: int, other: int, data: st.DataObject, level: float
) -> None:
    newer, older = (share(data.draw(st.integers(0, each)), each) for each in (rows, other))
    found = difference(newer, older, level=level)
    assert found.p_value is not None
    assert found.low is not None
    assert found.high is not None
    assume(abs(found.p_value - (1 - level)) > 1e-9)
    assert (found.low > 0 or found.high < 0) == (found.p_value < 1 - level)


@given(ROWS, ROWS, st.data())
def test_exchanging_the_two_turns_the_difference_around(rows: int, other: int, data: st.DataObject) -> None:
    newer, older = (share(data.draw(st.integers(0, each)), each) for each in (rows, other))
    there, back = difference(newer, older, level=0.95), difference(older, newer, level=0.95)
    assert there.effect == -back.effect
    assert back.high is not None
    assert there.low == pytest.approx(-back.high)
    assert there.p_value == pytest.approx(back.p_value)


def test_without_an_interval_there_is_only_an_effect() -> None:
    assert difference(Measurement(0.75), share(50, 100), level=0.95) == Difference(0.25)


def test_equal_figures_differ_in_nothing() -> None:
    assert difference(share(50, 100), share(50, 100), level=0.95).p_value == 1
