"""Scores: one figure for a version, made of its metrics as the policy weighs them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from modelyard.documents.policy_scores import Missing
from modelyard.evaluate.measurements import measure
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.evaluate.measurements import Figures, Measurement

__all__ = ["Part", "Score", "counted", "score"]

_ENSEMBLE = "ensemble"


@dataclass(frozen=True)
class Part:
    """What one metric adds to a score.

    :param measured: the metric as it was measured, None where the version lacks it.
    :param value: what counts of it, normalised, more is better; of a metric that is lacking 0.
    """

    metric: str
    weight: float
    measured: Measurement | None
    value: float


@dataclass(frozen=True)
class Score:
    """The score of one version.

    :param value: None where there is none; ``explanation`` says why.
    :param parts: one for each metric that the policy weighs.
    :param counted: those of the parts that the score is the mean of.
    :param bonus: the factor that the version's tags give.
    """

    value: float | None
    parts: tuple[Part, ...] = ()
    counted: tuple[Part, ...] = ()
    bonus: float = 1.0
    explanation: str = ""


def score(figures: Figures, policy: Policy) -> Score:
    """Return the score of a version: the weighted mean of its metrics, times the bonus.

    A metric with a range is moved to 0 to 1, what lies outside of it to the nearest end. Of a metric of which less is
    better one less it counts where it has a range, and else less it.
    """
    rules = policy.scores
    if not rules.weights:
        return Score(None, explanation="the policy weighs no metric: set scores.weights")
    parts = tuple(_part(metric, weight, figures, policy) for metric, weight in rules.weights.items())
    lacking = [part.metric for part in parts if part.measured is None]
    if lacking and rules.missing is Missing.REFUSE:
        return Score(None, parts, explanation=f"it lacks {', '.join(lacking)}")
    taken = tuple(part for part in parts if part.measured or rules.missing is Missing.ZERO)
    total = sum(part.weight for part in taken)
    if not total:
        return Score(None, parts, explanation="it lacks every metric that the policy weighs")
    bonus = _bonus(figures, policy)
    return Score(bonus * sum(part.weight * part.value for part in taken) / total, parts, taken, bonus)


def counted(figure: float, metric: str, policy: Policy) -> float:
    """Return what a figure of a metric counts in a score, before its weight."""
    is_loss = metric in policy.lower_is_better
    if metric not in policy.scores.normalise:
        return -figure if is_loss else figure
    low, high = policy.scores.normalise[metric]
    share = min(1.0, max(0.0, (figure - low) / (high - low))) if high > low else 0.0
    return 1 - share if is_loss else share


def _part(metric: str, weight: float, figures: Figures, policy: Policy) -> Part:
    measured = measure(metric, policy.scores.split, figures, policy)
    return Part(metric, weight, measured, counted(measured.point, metric, policy) if measured else 0.0)


def _bonus(figures: Figures, policy: Policy) -> float:
    if figures.metadata is None:
        return 1.0
    tags = {*figures.metadata.tags, *((_ENSEMBLE,) if figures.metadata.ensemble else ())}
    return prod(factor for tag, factor in policy.scores.bonus.items() if tag in tags)
