"""Held against published figures, and against SciPy on random inputs."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from modelyard.evaluate.mcnemar import mcnemar


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 2000))
def test_the_mid_p_value(lost: int, gained: int, alike: int) -> None:
    assume(lost + gained + alike)
    found = mcnemar(lost, gained, lost + gained + alike, level=0.95)
    if lost == gained:
        assert found.p_value == 1
    else:
        exact = stats.binomtest(gained, lost + gained).pvalue
        mass = stats.binom.pmf(gained, lost + gained, 0.5)
        assert found.p_value == pytest.approx(float(exact - mass), rel=1e-7, abs=1e-12)


def test_the_published_mid_p_value() -> None:
    # 1 and 7 of 21 pairs: Fagerland, Lydersen and Laake (2013), table 1.
    found = mcnemar(1, 7, 21, level=0.95)
    assert found.effect == pytest.approx(6 / 21)
    assert found.p_value is not None
    assert round(found.p_value, 3) == 0.039


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 600), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_is_walds_with_one_row_more_on_either_side(
    lost: int, gained: int, alike: int, level: float
) -> None:
    rows = lost + gained + alike
    signs = [1] * (gained + 1) + [-1] * (lost + 1) + [0] * alike
    mean = sum(signs) / (rows + 2)
    variance = sum((each - mean) ** 2 for each in signs) / (rows + 2)
    low, high = stats.norm.interval(level, mean, (variance / (rows + 2)) ** 0.5)
    found = mcnemar(lost, gained, rows, level=level)
    assert found.low == pytest.approx(max(-1.0, float(low)), abs=1e-9)
    assert found.high == pytest.approx(min(1.0, float(high)), abs=1e-9)
    assert found.effect == (gained - lost) / rows
