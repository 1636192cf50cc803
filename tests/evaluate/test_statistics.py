from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.evaluate.statistics import wilson_interval

shares = st.floats(0, 1)
row_counts = st.integers(1, 10**9)


@pytest.mark.parametrize(("rows", "low"), [(100, 0.779), (200, 0.805), (1000, 0.837), (10_000, 0.853)])
def test_the_lower_bounds_that_the_documentation_prints(rows: int, low: float) -> None:
    assert round(wilson_interval(0.86, rows)[0], 3) == low


@pytest.mark.parametrize(
    ("share", "rows", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
    [
        (81 / 263, 263, 0.2553, 0.3662),
        (15 / 148, 148, 0.0624, 0.1605),
        (0.0, 20, 0.0, 0.1611),
        (1 / 29, 29, 0.0061, 0.1718),
    ],
)
def test_the_published_intervals(share: float, rows: int, low: float, high: float) -> None:
    found = wilson_interval(share, rows)
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


@given(shares, row_counts)
def test_an_interval_holds_its_share(share: float, rows: int) -> None:
    """0 <= low <= share <= high <= 1, but for rounding"""
    low, high = wilson_interval(share, rows)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


@given(shares, st.integers(1, 10**6), st.integers(2, 1000))
def test_more_rows_prove_more(share: float, rows: int, factor: int) -> None:
    """width(p, n * k) <= width(p, n)"""
    few, many = wilson_interval(share, rows), wilson_interval(share, rows * factor)
    assert many[1] - many[0] <= few[1] - few[0] + 1e-12


@given(shares, st.integers(1, 10**6))
def test_a_higher_level_proves_less(share: float, rows: int) -> None:
    """the interval at 95% lies in that at 99%"""
    narrow, wide = wilson_interval(share, rows, level=0.95), wilson_interval(share, rows, level=0.99)
    assert wide[0] <= narrow[0] + 1e-12
    assert narrow[1] <= wide[1] + 1e-12


@given(shares, st.integers(1, 10**6))
def test_failures_mirror_successes(share: float, rows: int) -> None:
    """low(p) == 1 - high(1 - p)"""
    assert wilson_interval(share, rows)[0] == pytest.approx(1 - wilson_interval(1 - share, rows)[1], abs=1e-9)
