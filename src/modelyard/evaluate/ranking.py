"""Rankings: the versions of a model by a metric or by their score, and how likely each is the best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.evaluate.measurements import data_of, measure
from modelyard.evaluate.scores import Part, counted, score
from modelyard.evaluate.statistics import normal_quantile
from modelyard.values import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from modelyard.documents.policy import Policy
    from modelyard.evaluate.comparison import Candidate
    from modelyard.evaluate.measurements import Measurement
    from modelyard.names import VersionId

__all__ = ["SCORE", "Ranked", "rank"]

SCORE = "score"
"""What stands for the policy's score, where a metric could be named."""

_DRAWS = 4000


@dataclass(frozen=True)
class Ranked:
    """One version of a ranking.

    :param figure: its metric or score, None where it takes no part; ``explanation`` says why.
    :param low: lower end of the metric's interval, None for a score or where it is not known; so ``high``.
    :param chance: the probability that it is the best of those that take part, None where that is not known.
    """

    version_id: VersionId
    figure: float | None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    explanation: str = ""


@dataclass(frozen=True)
class _Entrant:
    ranked: Ranked
    parts: tuple[Part, ...]
    bonus: float = 1.0


def rank(candidates: Sequence[Candidate], policy: Policy, *, by: str = SCORE) -> tuple[Ranked, ...]:
    """Return the versions, the best one first, then those that take no part.

    Only versions take part that were measured on the same data as the newest one that was measured at all. Of equal
    figures the newer version comes first. The chance to be the best is found by drawing each metric 4,000 times from
    the normal distribution that its interval describes, all independent; the draws depend on the figures alone, so the
    same versions always get the same chances. Without an interval of each there are none.

    :param by: ``score``, or the full name of a metric, such as ``test.accuracy``.
    """
    newest_first = sorted(candidates, key=lambda each: each.version_id, reverse=True)
    entrants = [_entrant(each, policy, by) for each in newest_first]
    split = policy.scores.split if by == SCORE else by.rpartition(".")[0] or None
    reference: Candidate | None = None
    for index, candidate in enumerate(newest_first):
        if entrants[index].ranked.figure is None:
            continue
        reference = reference or candidate
        if data_of(split, candidate.figures) != data_of(split, reference.figures):
            why = f"it was measured on other data than {reference.version_id}"
            entrants[index] = replace(entrants[index], ranked=Ranked(candidate.version_id, None, explanation=why))
    is_loss = by != SCORE and by.rpartition(".")[2] in policy.lower_is_better
    taking_part = [each for each in entrants if each.ranked.figure is not None]
    # The sort is stable, so the newer one of equals stays in front.
    taking_part.sort(key=lambda each: _key(each, is_loss=is_loss))
    chances = _chances(taking_part, policy, by)
    winners = (replace(each.ranked, chance=chance) for each, chance in zip(taking_part, chances, strict=True))
    return (*winners, *(each.ranked for each in entrants if each.ranked.figure is None))


def _key(entrant: _Entrant, *, is_loss: bool) -> float:
    figure = entrant.ranked.figure or 0.0
    return figure if is_loss else -figure


def _entrant(candidate: Candidate, policy: Policy, by: str) -> _Entrant:
    if by == SCORE:
        found = score(candidate.figures, policy)
        doubts = [part.measured.doubt for part in found.parts if part.measured and part.measured.doubt]
        if doubts:
            return _Entrant(Ranked(candidate.version_id, None, explanation=f"it has a figure {doubts[0]}"), ())
        ranked = Ranked(candidate.version_id, found.value, explanation=found.explanation)
        return _Entrant(ranked, found.counted, found.bonus)
    split, _, metric = by.rpartition(".")
    measured = measure(metric, split or None, candidate.figures, policy)
    if measured is None or measured.doubt:
        why = f"it has a figure {measured.doubt}" if measured else "it was not measured"
        return _Entrant(Ranked(candidate.version_id, None, explanation=why), ())
    ranked = Ranked(candidate.version_id, measured.point, measured.low, measured.high)
    return _Entrant(ranked, (Part(metric, 1.0, measured, measured.point),))


def _chances(entrants: Sequence[_Entrant], policy: Policy, by: str) -> list[float | None]:
    errors = [[_error(part.measured, policy) for part in each.parts] for each in entrants]
    if any(error is None for of_one in errors for error in of_one):
        return [None] * len(entrants)
    drawn = _seeded(entrants, by)
    wins = [0] * len(entrants)
    for _ in range(_DRAWS if entrants else 0):
        figures = [_drawn(entrant, of_one, policy, by, drawn) for entrant, of_one in zip(entrants, errors, strict=True)]
        wins[figures.index(max(figures))] += 1
    return [count / _DRAWS for count in wins]


def _error(measured: Measurement | None, policy: Policy) -> float | None:
    if measured is None:
        return 0.0  # what is lacking counts as 0, for sure
    if measured.low is None or measured.high is None:
        return None
    return (measured.high - measured.low) / 2 / normal_quantile((1 - (measured.level or policy.confidence)) / 2)


def _drawn(
    entrant: _Entrant, errors: Sequence[float | None], policy: Policy, by: str, draw: Callable[[], float]
) -> float:
    total = weights = 0.0
    for part, error in zip(entrant.parts, errors, strict=True):
        weights += part.weight
        if part.measured:
            figure = part.measured.point + (error or 0.0) * draw()
            total += part.weight * _counted(figure, part.metric, policy, by)
    return entrant.bonus * total / weights


def _counted(figure: float, metric: str, policy: Policy, by: str) -> float:
    if by == SCORE:
        return counted(figure, metric, policy)
    return -figure if metric in policy.lower_is_better else figure


def _seeded(entrants: Sequence[_Entrant], by: str) -> Callable[[], float]:
    """Return what draws from the standard normal distribution, the same numbers for the same entrants."""
    import hashlib
    from random import Random
    from statistics import NormalDist

    seed = hashlib.sha256("\n".join(_described(entrants, by)).encode()).digest()
    random, standard = Random(seed), NormalDist()  # noqa: S311 - a simulation, and no secret

    def draw() -> float:
        return standard.inv_cdf(random.random() or 0.5)

    return draw


def _described(entrants: Sequence[_Entrant], by: str) -> Iterator[str]:
    yield by
    for entrant in entrants:
        yield f"{entrant.ranked.version_id} {entrant.bonus!r}"
        for part in entrant.parts:
            measured = part.measured
            yield f"{part.metric} {part.weight!r} {measured and (measured.point, measured.low, measured.high)!r}"
