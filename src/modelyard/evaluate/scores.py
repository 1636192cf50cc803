"""Scores: one figure of a version, made of its metrics as the policy says, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.policy_scores import Missing
from modelyard.evaluate.differences import normal_difference
from modelyard.evaluate.distributions import normal_quantile
from modelyard.evaluate.matching import Obstacle
from modelyard.evaluate.measurements import data_of, measure
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.evaluate.differences import Difference
    from modelyard.evaluate.measurements import Figures, Measurement

__all__ = ["Score", "error_of", "score_difference", "score_of"]


@dataclass(frozen=True)
class Score:
    """The score of one version.

    :param value: None where it has none; ``reason`` then says why.
    :param error: its standard error, whatever the correlation of the metrics; None where that of one is not known.
    """

    value: float | None
    error: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class _Part:
    value: float
    error: float | None


def score_of(figures: Figures, policy: Policy) -> Score:
    """Return the score of a version: the weighted mean of its metrics, times the bonuses of its tags.

    A metric with a range is drawn onto 0 to 1 and cut off there. Of a metric of which less is better, what is missing
    to 1 counts where it has a range, else its negative. A bonus never makes a score worse: a negative score is drawn
    towards 0 by it.
    """
    scores = policy.scores
    parts = {metric: _part(metric, figures, policy) for metric in scores.weights}
    lacking = [metric for metric, part in parts.items() if isinstance(part, str)]
    if lacking and scores.missing is Missing.REFUSE:
        return Score(None, reason=f"{lacking[0]} {parts[lacking[0]]}")
    counted = {metric: part for metric, part in parts.items() if isinstance(part, _Part)}
    if scores.missing is Missing.ZERO:
        counted.update(dict.fromkeys(lacking, _Part(0.0, 0.0)))
    if not counted:
        return Score(None, reason="none of the weighted metrics was measured")
    whole = sum(scores.weights[metric] for metric in counted)
    mean = sum(scores.weights[metric] * part.value for metric, part in counted.items()) / whole
    factor = _bonus(figures, policy)
    value = mean * factor if mean > 0 else mean / factor
    stretch = factor if mean > 0 else 1 / factor
    errors = [part.error for part in counted.values()]
    known = [error for error in errors if error is not None]
    if len(known) < len(errors):
        return Score(value)
    # Errors add up whole, not by their squares: metrics of the same rows go up and down together.
    error = sum(scores.weights[metric] * each for metric, each in zip(counted, known, strict=True)) / whole
    return Score(value, error * stretch)


def score_difference(older: Figures, newer: Figures, policy: Policy) -> Difference | Obstacle:
    """Return the difference of two scores, by the normal distribution."""
    first, second = score_of(older, policy), score_of(newer, policy)
    if first.value is None or second.value is None:
        return Obstacle(first.reason or second.reason, comparable=False)
    data = data_of(policy.scores.split, older), data_of(policy.scores.split, newer)
    if None in data or data[0] != data[1]:
        return Obstacle("the scores are of other data, or of data of which no digest is known", comparable=False)
    if first.error is None or second.error is None:
        return Obstacle("nothing says how surely the weighted metrics were measured", comparable=True)
    error = (first.error**2 + second.error**2) ** 0.5
    return normal_difference(second.value - first.value, error, level=policy.confidence, method="normal")


def error_of(measured: Measurement, policy: Policy) -> float | None:
    """Return the standard error that the interval of a measurement implies; None where it has none, or no width."""
    if measured.low is None or measured.high is None or measured.low == measured.high:
        return None
    level = measured.level or policy.confidence
    return (measured.high - measured.low) / 2 / normal_quantile((1 + level) / 2)


def _part(metric: str, figures: Figures, policy: Policy) -> _Part | str:
    measured = measure(metric, policy.scores.split, figures, policy)
    if measured is None:
        return "was not measured"
    if measured.doubt:
        return f"was measured as {measured.point:g}, {measured.doubt}"
    value, error = measured.point, error_of(measured, policy)
    lower = metric in policy.lower_is_better
    if metric not in policy.scores.normalise:
        return _Part(-value if lower else value, error)
    low, high = policy.scores.normalise[metric]
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return _Part(1 - share if lower else share, None if error is None else error / (high - low))


def _bonus(figures: Figures, policy: Policy) -> float:
    metadata = figures.metadata
    tags = {*metadata.tags, *(("ensemble",) if metadata.ensemble else ())} if metadata else set()
    factor = 1.0
    for tag, each in policy.scores.bonus.items():
        factor *= each if tag in tags else 1.0
    return factor
