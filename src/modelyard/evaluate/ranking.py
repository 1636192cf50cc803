"""Ranking: versions of a model in the order of their score or of a metric, and which is likely to be the best."""

from __future__ import annotations

from math import exp, pi, sqrt
from typing import TYPE_CHECKING

from modelyard.evaluate.distributions import normal_cdf
from modelyard.evaluate.measurements import data_of, measure
from modelyard.evaluate.scores import Score, error_of, score_of
from modelyard.values import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelyard.documents.policy import Policy
    from modelyard.evaluate.comparison import Candidate
    from modelyard.names import VersionId

__all__ = ["SCORE", "Ranked", "Ranking", "chances", "rank"]

SCORE = "score"

_REACH = 8.0
_STEPS = 800


@dataclass(frozen=True)
class Ranked:
    """One version with its place.

    :param error: standard error of the value, None where it is not known.
    :param probability: of being the best of all that are ranked; None where the error of one is not known.
    """

    version_id: VersionId
    value: float
    error: float | None
    probability: float | None = None


@dataclass(frozen=True)
class Ranking:
    """The versions of one model, best first, and why the others have no place.

    :param by: a metric, or ``score``.
    """

    by: str
    split: str | None
    ranked: tuple[Ranked, ...]
    unranked: Mapping[VersionId, str]


def rank(candidates: Sequence[Candidate], policy: Policy, *, by: str = SCORE, split: str | None = None) -> Ranking:
    """Put versions in order by a metric or by the policy's score; of two equal ones the newer stands first.

    Figures of different data say nothing about each other: the newest version whose data is known decides which data
    counts, and versions that were measured on other data have no place.
    """
    split = policy.scores.split if by == SCORE or split is None else split
    lower = by in policy.lower_is_better and by != SCORE
    unranked: dict[VersionId, str] = {}
    ranked: list[Ranked] = []
    current = _current_data(candidates, policy, by, split)
    for each in candidates:
        score = _value(each, policy, by, split)
        if score.value is None:
            unranked[each.version_id] = score.reason
        elif (data := data_of(split, each.figures)) is None:
            unranked[each.version_id] = "it was measured on data of which no digest is known"
        elif current and data != current[1]:
            unranked[each.version_id] = f"it was measured on other data than {current[0]}"
        else:
            ranked.append(Ranked(each.version_id, score.value, score.error))
    ranked.sort(key=lambda each: (-each.value if lower else each.value, each.version_id), reverse=True)
    return Ranking(by, split, tuple(_with_chances(ranked, lower=lower)), unranked)


def chances(values: Sequence[float], errors: Sequence[float]) -> tuple[float, ...]:
    """Return for each value the probability that it belongs to the largest of what was measured.

    Each is taken for the mean of a normal distribution, independent of the others; the integral over the product is
    taken by the trapezoidal rule, and is exact to two digits.
    """
    if not values:
        return ()
    widest = max(errors) or 1.0
    spread = [max(error, widest / 1000) for error in errors]
    top = max(values)
    # What lies too far below the top has no chance, and takes no time.
    near = [index for index, value in enumerate(values) if top - value <= 2 * _REACH * widest]
    found = [0.0] * len(values)
    for index in near:
        rivals = [(values[other], spread[other]) for other in near if other != index]
        found[index] = _chance(values[index], spread[index], rivals)
    whole = sum(found)
    return tuple(each / whole for each in found)


def _chance(value: float, error: float, rivals: Sequence[tuple[float, float]]) -> float:
    step = 2 * _REACH / _STEPS
    whole = 0.0
    for number in range(_STEPS + 1):
        z = number * step - _REACH
        product = exp(-z * z / 2)
        for mean, spread in rivals:
            product *= normal_cdf((value + z * error - mean) / spread)
        whole += product
    return whole * step / sqrt(2 * pi)


def _current_data(
    candidates: Iterable[Candidate], policy: Policy, by: str, split: str | None
) -> tuple[VersionId, tuple[str, ...]] | None:
    for each in sorted(candidates, key=lambda candidate: candidate.version_id, reverse=True):
        data = data_of(split, each.figures)
        if data and _value(each, policy, by, split).value is not None:
            return each.version_id, data
    return None


def _value(candidate: Candidate, policy: Policy, by: str, split: str | None) -> Score:
    if by == SCORE:
        return score_of(candidate.figures, policy)
    measured = measure(by, split, candidate.figures, policy)
    if measured is None:
        return Score(None, reason=f"{by} was not measured")
    if measured.doubt:
        return Score(None, reason=f"{by} was measured as {measured.point:g}, {measured.doubt}")
    return Score(measured.point, error_of(measured, policy))


def _with_chances(ranked: Sequence[Ranked], *, lower: bool) -> Iterable[Ranked]:
    errors = [each.error for each in ranked if each.error is not None]
    if len(errors) < len(ranked):
        return ranked
    values = [-each.value if lower else each.value for each in ranked]
    return (replace(each, probability=chance) for each, chance in zip(ranked, chances(values, errors), strict=True))
