from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.evaluate.measurements import Measurement
from modelyard.reports.charts import WIDTH, chart

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("measured", "lines"),
    [
        (
            [Measurement(0.9, 0.8, 1.0), Measurement(0.8, 0.5, 0.9)],
            ["··············━━━━●━━━━━", "━━━━━━━━━━━━━━●━━━━·····"],
        ),
        ([Measurement(1), Measurement(2)], ["●·······················", "·······················●"]),
        ([Measurement(-1), None], ["············●···········", "························"]),
        ([None, None], ["························"] * 2),
    ],
)
def test_figures_lie_on_one_axis(measured: list[Measurement | None], lines: list[str]) -> None:
    assert chart(measured) == lines


@given(st.lists(st.tuples(FINITE, FINITE, FINITE), min_size=1, max_size=3))
def test_every_figure_has_its_point_and_its_place(figures: list[tuple[float, float, float]]) -> None:
    """len(line) == WIDTH, one point each, and the greatest point never left of the least"""
    measured = [Measurement(point, low, high) for low, point, high in map(sorted, figures)]
    lines = chart(measured)
    assert [(len(line), line.count("●")) for line in lines] == [(WIDTH, 1)] * len(figures)
    places = [line.index("●") for line in lines]
    points = [each.point for each in measured]
    assert places[points.index(max(points))] >= places[points.index(min(points))]
