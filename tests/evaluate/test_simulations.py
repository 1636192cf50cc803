"""The table of error rates: it is what the code gives now, and no rate in it is far from what is promised."""

from __future__ import annotations

import importlib
import re

import pytest

from support.project import ROOT

PAGE = (ROOT / "docs" / "reference" / "error-rates.md").read_text("utf-8")
# What chance moves a rate of 5 % by, three times over, and what methods miss their level by on few rows.
CHANCE = 0.015


def rates(column: int) -> dict[str, float]:
    """Return the rates of a column, by the first two cells of their rows."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
    found = {
        f"{row[0]}: {row[1]}": row[column].strip(" |%")
        for row in rows
        if len(row) > column and row[2].strip("0123456789,") == ""
    }
    return {name: float(rate) / 100 for name, rate in found.items() if re.fullmatch(r"[0-9.]+", rate)}


def test_the_table_is_what_is_drawn_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cheap rows, since all of them take two minutes: `simulate_statistics.py --check` compares the others"""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    intervals = importlib.import_module("simulations.intervals")
    drawn = [intervals._wilson(0.86, 200), intervals._mcnemar(0.1, 0.1, 200), intervals._mcnemar(0.05, 0.1, 200)]
    for row in drawn:
        errors = "" if row.errors is None else f"{row.errors:.1%}"
        assert f"| {row.method} | {row.truth} | 2,000 | {row.coverage:.1%} | {errors} |" in PAGE.splitlines()


def test_intervals_hold_the_truth_as_often_as_they_promise() -> None:
    held = {name: rate for name, rate in rates(3).items() if rate > 0.5}
    assert len(held) == 19
    assert {name: rate for name, rate in held.items() if rate < 0.95 - 0.01 - CHANCE} == {}


def test_false_alarms_are_no_more_than_promised() -> None:
    alarms = {**rates(4), **{name: rate for name, rate in rates(3).items() if rate < 0.5}}
    assert len(alarms) == 18
    assert {name: rate for name, rate in alarms.items() if rate > 0.05 + CHANCE} == {}
