"""Answers are compared value by value."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard.evaluate.closeness import Compared, compare_shape, compare_values


@pytest.mark.parametrize(
    ("expected", "found", "tolerance", "compared"),
    [
        ([1, 2.5, "a", True, None], [1.0, 2.5, "a", True, None], 0.0, Compared(5)),
        ([0.9], [0.9 + 1e-9], 1e-6, Compared(1)),
        ([0.9], [0.8], 1e-6, Compared(1, ("out[0] is 0.8, expected 0.9: 0.1 apart, tolerance 1e-06",))),
        ([[1, 2], [3, 4]], [[1, 2], [3, 5]], 0.0, Compared(4, ("out[1][1] is 5, expected 4: 1 apart, tolerance 0",))),
        ([1, 0], [True, 0], 1.0, Compared(2, ("out[0] is True, expected 1",))),
        (["yes"], ["no"], 1.0, Compared(1, ("out[0] is 'no', expected 'yes'",))),
        ([None], [1.0], 1.0, Compared(1, ("out[0] is 1.0, expected a missing number",))),
        ([1.0], [None], 1.0, Compared(1, ("out[0] is a missing number, expected 1.0",))),
        ([1, 2], [1], 1.0, Compared(1, ("out is a list of 1, expected a list of 2",))),
        ([{"a": 1}], [{"a": 2}], 0.0, Compared(1, ("out[0]['a'] is 2, expected 1: 1 apart, tolerance 0",))),
        ([{"a": 1}], [{"b": 1}], 0.0, Compared(1, ("out[0] is {'b': 1}, expected {'a': 1}",))),
        (1, float("inf"), 5.0, Compared(1, ("out is inf, expected 1: inf apart, tolerance 5",))),
    ],
)
def test_values(expected: Any, found: Any, tolerance: float, compared: Compared) -> None:
    assert compare_values("out", expected, found, tolerance) == compared


def test_shapes() -> None:
    assert compare_shape("out", (2, -1), [[1, 2, 3], [4, 5, 6]]) == Compared(1)
    assert compare_shape("out", (2, 2), [[1, 2, 3], [4, 5, 6]]) == Compared(
        1, ("out has the shape [2, 3], expected [2, 2]",)
    )
    assert compare_shape("out", (2,), 5) == Compared(1, ("out has the shape [], expected [2]",))
