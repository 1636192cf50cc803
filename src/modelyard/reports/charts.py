"""Small charts of text: where a figure and its interval lie, one line for each, on one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.evaluate.measurements import Measurement

__all__ = ["WIDTH", "chart"]

WIDTH = 24
"""How many characters a line has."""

_OUTSIDE, _INTERVAL, _POINT = "·", "━", "●"


def chart(measured: Sequence[Measurement | None]) -> list[str]:
    """Return a line for each figure, the point and its interval, so that they can be laid under one another.

    The axis goes from the least to the greatest end of any of them; of what was not measured the line is empty.
    """
    ends = [end for each in measured if each for end in _ends(each)]
    if not ends:
        return [_OUTSIDE * WIDTH for _ in measured]
    low, high = min(ends), max(ends)
    return [_line(each, low, high) if each else _OUTSIDE * WIDTH for each in measured]


def _ends(measured: Measurement) -> tuple[float, ...]:
    bounds = (measured.low, measured.high)
    return (measured.point, *(bound for bound in bounds if bound is not None))


def _line(measured: Measurement, low: float, high: float) -> str:
    start, end = (_place(end, low, high) for end in (min(_ends(measured)), max(_ends(measured))))
    point = _place(measured.point, low, high)
    cells = [_INTERVAL if start <= place <= end else _OUTSIDE for place in range(WIDTH)]
    cells[point] = _POINT
    return "".join(cells)


def _place(figure: float, low: float, high: float) -> int:
    # Halves first: the distance of two finite figures need not be one.
    span = high / 2 - low / 2
    return round((figure / 2 - low / 2) / span * (WIDTH - 1)) if span else WIDTH // 2
