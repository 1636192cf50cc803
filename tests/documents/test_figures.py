from __future__ import annotations

import pytest

from modelyard.documents.figures import read_figure


@pytest.mark.parametrize(
    ("text", "actual"),
    [
        ("0.934", 0.934),
        ("0.93", 0.934),
        ("0.9", 0.934),
        ("1", 0.934),
        ("0.94", 0.935),
        ("0.93", 0.935),
        ("93.4 %", 0.934),
        ("93.4%", 0.934),
        ("93%", 0.934),
        ("-1.5", -1.46),
        ("1,234.5", 1234.46),
        ("1.2e-3", 0.0012),
        ("**0.93**", 0.934),
        ("`0.93`", 0.934),
        ("~0.93", 0.934),
        ("0.93 ± 0.01", 0.934),
        ("0.93 (0.92 to 0.95)", 0.934),
        ("0.93 [0.92, 0.95]", 0.934),
        ("0.93[^1]", 0.934),
    ],
)
def test_a_number_rounds_to_what_is_quoted(text: str, actual: float) -> None:
    figure = read_figure(text)
    assert figure
    assert figure.shows(actual)


@pytest.mark.parametrize(
    ("text", "actual"), [("0.935", 0.934), ("0.93", 0.9399), ("93.4", 0.934), ("0.934 %", 0.934), ("1.0", 0.934)]
)
def test_other_numbers_do_not(text: str, actual: float) -> None:
    figure = read_figure(text)
    assert figure
    assert not figure.shows(actual)


@pytest.mark.parametrize(
    "text", ["", "n/a", "> 0.9", "<0.1", "0,934", "3 of 52", "1,200 rows", "0.92 - 0.95", "1.2.3", "v1"]
)
def test_what_is_no_figure(text: str) -> None:
    assert read_figure(text) is None


def test_a_number_is_quoted_with_as_many_digits() -> None:
    figure = read_figure("97.1 %")
    assert figure
    assert figure.of(0.9344) == "93.4 %"
    assert figure.of(1) == "100.0 %"


def test_a_column_may_be_in_percent() -> None:
    figure = read_figure("93.4", percent=True)
    assert figure
    assert figure.shows(0.934)
