"""Matching: by which method a metric of two versions can be compared, if by any."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING

from modelyard.documents.policy import Gate
from modelyard.evaluate.differences import Bounds, Mean, Share, from_bounds, newcombe, welch
from modelyard.evaluate.distributions import t_quantile
from modelyard.evaluate.measurements import measure
from modelyard.evaluate.paired import Contradiction, paired_difference
from modelyard.evaluate.regressions import incomparable
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.evaluate.comparison import Candidate
    from modelyard.evaluate.differences import Difference
    from modelyard.evaluate.measurements import Measurement

__all__ = ["Obstacle", "difference_of"]

# How far an interval may be from symmetrical and still be that of a mean, its ends being rounded.
_SYMMETRICAL = 0.02


@dataclass(frozen=True)
class Obstacle:
    """Why there is no difference: nothing says how sure the figures are, or they are not comparable at all."""

    reason: str
    comparable: bool


def difference_of(
    metric: str, split: str | None, older: Candidate, newer: Candidate, policy: Policy
) -> Difference | Obstacle:
    """Return the difference of a metric by the strongest method that the documents allow.

    Paired, where both versions have predictions for the same rows; else Newcombe's for a proportion of a known number
    of rows; else, from stated intervals, Welch's where they are those of means of known numbers of rows, and else
    that of Zou and Donner. All but the first take the two versions for independent: measured on the same rows
    they mostly agree, so these say too little and not too much.
    """
    why = _why_not(metric, split, older, newer, policy)
    if why:
        return Obstacle(why, comparable=False)
    first, second = (measure(metric, split, each.figures, policy) for each in (older, newer))
    if first is None or second is None:
        return Obstacle("it was not measured of both", comparable=False)
    paired = _paired(metric, split, (older, first), (newer, second), policy)
    if paired:
        return paired
    return _unpaired(first, second, policy) or Obstacle(
        "nothing says on how many rows or how surely it was measured", comparable=True
    )


def _why_not(metric: str, split: str | None, older: Candidate, newer: Candidate, policy: Policy) -> str | None:
    measured = measure(metric, split, newer.figures, policy)
    if measured is None:
        return f"it was not measured of {newer.version_id}"
    if measured.doubt:
        return f"it was measured of {newer.version_id} as {measured.point:g}, {measured.doubt}"
    gate = Gate(metric=metric, split=split, no_regression=True)
    why = incomparable(gate, newer.figures, older.figures, policy)
    return f"it {why.replace('there', f'of {older.version_id}')}" if why else None


def _paired(
    metric: str,
    split: str | None,
    older: tuple[Candidate, Measurement],
    newer: tuple[Candidate, Measurement],
    policy: Policy,
) -> Difference | Obstacle | None:
    tables = [each.predictions.splits.get(split or "test") if each.predictions else None for each, _ in (older, newer)]
    if tables[0] is None or tables[1] is None:
        return None
    try:
        return paired_difference(
            metric, (tables[0], older[1].point), (tables[1], newer[1].point), level=policy.confidence
        )
    except Contradiction as contradiction:
        return Obstacle(str(contradiction), comparable=False)


def _unpaired(first: Measurement, second: Measurement, policy: Policy) -> Difference | None:
    if first.rows and second.rows and first.low is not None and second.low is not None:
        if first.level is None and second.level is None:
            return newcombe(Share(first.point, first.rows), Share(second.point, second.rows), level=policy.confidence)
        means = _mean(first), _mean(second)
        if means[0] and means[1]:
            return welch(means[0], means[1], level=policy.confidence)
    bounds = _bounds(first, policy), _bounds(second, policy)
    return from_bounds(bounds[0], bounds[1], level=policy.confidence) if bounds[0] and bounds[1] else None


def _mean(measured: Measurement) -> Mean | None:
    """Return the mean that a stated interval is one of: of two rows or more, and symmetrical."""
    if not measured.level or not measured.rows or measured.rows < 2 or measured.low is None or measured.high is None:
        return None
    half = (measured.high - measured.low) / 2
    if not half or not isclose(measured.point, measured.low + half, abs_tol=_SYMMETRICAL * half, rel_tol=0):
        return None
    return Mean(measured.point, half / t_quantile((1 + measured.level) / 2, measured.rows - 1), measured.rows)


def _bounds(measured: Measurement, policy: Policy) -> Bounds | None:
    # An interval without any width is no statement on how sure the figure is.
    if measured.low is None or measured.high is None or measured.low == measured.high:
        return None
    return Bounds(measured.low, measured.point, measured.high, measured.level or policy.confidence)
