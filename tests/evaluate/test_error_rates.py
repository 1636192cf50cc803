"""How often a gate lets through what it should refuse: summed over every outcome, so without chance."""

from __future__ import annotations

from math import exp, lgamma, log
from pathlib import Path

import pytest

from modelyard.evaluate.measurements import Measurement
from modelyard.evaluate.regressions import loss
from modelyard.evaluate.statistics import wilson_interval

PAGE = (Path(__file__).parents[2] / "docs/explanation/statistics.md").read_text("utf-8")
NOMINAL = 0.025


def chances(rows: int, share: float) -> list[float]:
    """Return the binomial probability of each number of hits."""
    whole = lgamma(rows + 1)
    return [
        exp(whole - lgamma(hits + 1) - lgamma(rows - hits + 1) + hits * log(share) + (rows - hits) * log(1 - share))
        for hits in range(rows + 1)
    ]


def measurements(rows: int) -> list[Measurement]:
    return [Measurement(hits / rows, *wilson_interval(hits / rows, rows)) for hits in range(rows + 1)]


def false_passes(rows: int, share: float) -> float:
    """Return how often the lower bound reaches a share that is the true one."""
    reached = (low is not None and low >= share for low in (each.low for each in measurements(rows)))
    return sum(chance for chance, is_reached in zip(chances(rows, share), reached, strict=True) if is_reached)


def false_calm(rows: int, share: float, tolerance: float) -> float:
    """Return how often a version that is worse by just the tolerance is shown not to be, both on as many rows."""
    known = measurements(rows)
    newer, older = chances(rows, share - tolerance), chances(rows, share)
    return sum(
        newer[ours] * older[theirs]
        for ours in range(rows + 1)
        for theirs in range(rows + 1)
        # What is less likely than this adds nothing to the digits that are compared.
        if newer[ours] * older[theirs] > 1e-10
        and (loss(known[ours], known[theirs], lower_is_better=False).most or 0.0) <= tolerance
    )


@pytest.mark.parametrize("share", [0.7, 0.8, 0.9, 0.95, 0.99])
def test_a_version_that_is_just_not_good_enough_passes_no_more_often_than_the_page_says(share: float) -> None:
    found = [false_passes(rows, share) for rows in (50, 200, 1000)]
    row = " | ".join(f"{each:.1%}" for each in found)
    assert f"| at least {share:g} | {row} |" in PAGE
    assert max(found) < NOMINAL + 0.001


def test_a_bound_on_the_other_side_errs_as_often_as_the_page_says() -> None:
    assert f"`at_most: 0.99` lets through {100 * false_passes(50, 0.01):.1f} % on 50 rows" in PAGE


@pytest.mark.parametrize(("share", "tolerance"), [(0.8, 0.0), (0.8, 0.01), (0.9, 0.01), (0.9, 0.05), (0.99, 0.01)])
def test_a_version_that_is_just_worse_is_kept_no_more_often_than_the_page_says(share: float, tolerance: float) -> None:
    found = [false_calm(rows, share, tolerance) for rows in (50, 200)]
    row = " | ".join(f"{each:.1%}" for each in found)
    assert f"| {share:g}, worse by {tolerance:g} | {row} |" in PAGE
    assert max(found) < NOMINAL + 0.001
