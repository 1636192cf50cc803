"""Comparison: whether one version is better than another, by how much, and how surely. Pure functions."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.evaluate.differences import Difference
from modelyard.evaluate.holm import holm
from modelyard.evaluate.matching import Obstacle, difference_of
from modelyard.evaluate.measurements import Figures
from modelyard.evaluate.scores import score_difference, score_of
from modelyard.values import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.documents.dataset_manifest import DatasetManifest
    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metrics import Metrics
    from modelyard.documents.policy import Policy
    from modelyard.documents.predictions import Predictions
    from modelyard.names import VersionId

__all__ = ["Candidate", "Comparison", "MetricComparison", "Verdict", "compare_versions"]

_SCORE = "score"
_ROUNDING = 1e-12

Points = tuple[float | None, float | None]


class Verdict(Enum):
    """What a comparison says of the newer version.

    ``BETTER`` or ``WORSE`` beyond chance; ``EQUIVALENT``: the whole interval of the difference lies within the
    tolerance that the policy's gates grant; ``INCONCLUSIVE``: the figures prove none of these; ``INCOMPARABLE``: the
    two were not measured alike.
    """

    BETTER = "better"
    WORSE = "worse"
    EQUIVALENT = "equivalent"
    INCONCLUSIVE = "inconclusive"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True)
class Candidate:
    """One version as it enters a comparison; None for what cannot be read or is not there."""

    version_id: VersionId
    metadata: Metadata | None
    metrics: Metrics | None
    predictions: Predictions | None = None
    manifest: DatasetManifest | None = None

    @property
    def figures(self) -> Figures:
        """The documents that figures are taken from."""
        return Figures(self.metadata, self.metrics, self.manifest)


@dataclass(frozen=True)
class MetricComparison:
    """One metric of two versions, or their score.

    :param split: the split or slice; None for the metrics at the top, else those of ``test``.
    :param method: how the interval and the p-value were computed; empty where there are none.
    :param effect: the newer figure less the older one, whichever direction is the better.
    :param low: lower end of the interval of the effect, at ``level``; so ``high``.
    :param p_value: adjusted for the number of metrics that were tested; ``BETTER`` and ``WORSE`` rest on it.
    """

    metric: str
    split: str | None
    verdict: Verdict
    method: str
    older: float | None
    newer: float | None
    effect: float | None
    low: float | None
    high: float | None
    level: float
    p_value: float | None
    explanation: str


@dataclass(frozen=True)
class Comparison:
    """Two versions, metric by metric.

    :param score: the same of the policy's score; None where the policy has none.
    """

    older: VersionId
    newer: VersionId
    metrics: tuple[MetricComparison, ...]
    score: MetricComparison | None
    verdict: Verdict
    explanation: str


def compare_versions(older: Candidate, newer: Candidate, policy: Policy, *, split: str | None = None) -> Comparison:
    """Compare the newer version with the older one.

    The metrics are those that the policy's scores weigh, else all that either version states for the split. Their
    p-values are adjusted by Holm's method, so that two versions that are equally good are called better or worse in
    any metric no more often than 1 time in 20, where the policy's ``confidence`` is 0.95. The verdict of the whole is
    that of the metrics where they do not contradict one another, else that of the score.

    :param policy: the one that holds for the model (see :meth:`~modelyard.documents.policy.Policy.for_model`).
    :param split: the split or slice; that of the policy's scores otherwise.
    :raises UsageError: predictions are to be resampled, and NumPy is not installed.
    """
    split = split or policy.scores.split
    names = _metrics(older, newer, policy, split)
    found = [difference_of(name, split, older, newer, policy) for name in names]
    p_values = iter(holm([each.p_value for each in found if isinstance(each, Difference)]))
    compared: list[MetricComparison] = []
    for name, each in zip(names, found, strict=True):
        points = _points(name, split, older), _points(name, split, newer)
        if isinstance(each, Difference):
            each = replace(each, p_value=next(p_values))  # noqa: PLW2901 - the same difference, adjusted
            verdict = _verdict(each, policy, lower=name in policy.lower_is_better, margin=_margin(name, split, policy))
            compared.append(_stated(name, split, verdict, points, each, policy))
        else:
            compared.append(_obstructed(name, split, points, each, policy))
    score = _score(older, newer, policy) if policy.scores.weights else None
    verdict, explanation = _overall(compared, score)
    return Comparison(older.version_id, newer.version_id, tuple(compared), score, verdict, explanation)


def _metrics(older: Candidate, newer: Candidate, policy: Policy, split: str | None) -> tuple[str, ...]:
    if policy.scores.weights:
        return tuple(policy.scores.weights)
    known = (name for each in (newer, older) if each.metrics for name in each.metrics.names_of(split))
    return tuple(dict.fromkeys(known))


def _points(metric: str, split: str | None, candidate: Candidate) -> float | None:
    return candidate.metrics.find(metric, split=split) if candidate.metrics else None


def _score(older: Candidate, newer: Candidate, policy: Policy) -> MetricComparison:
    points = score_of(older.figures, policy).value, score_of(newer.figures, policy).value
    found = score_difference(older.figures, newer.figures, policy)
    if isinstance(found, Obstacle):
        return _obstructed(_SCORE, policy.scores.split, points, found, policy)
    verdict = _verdict(found, policy)
    stated = _stated(_SCORE, policy.scores.split, verdict, points, found, policy)
    chance = 1 - found.p_value / 2 if found.effect > 0 else found.p_value / 2
    return replace(stated, explanation=f"{stated.explanation}; it is the better one with probability {chance:.2f}")


def _stated(
    metric: str, split: str | None, verdict: Verdict, points: Points, found: Difference, policy: Policy
) -> MetricComparison:
    return MetricComparison(
        metric,
        split,
        verdict,
        found.method,
        *points,
        found.effect,
        found.low,
        found.high,
        policy.confidence,
        found.p_value,
        f"{found.effect:+.4g}, between {found.low:+.4g} and {found.high:+.4g} with {policy.confidence:.0%} confidence "
        f"({found.method}, p = {found.p_value:.2g})",
    )


def _obstructed(metric: str, split: str | None, points: Points, found: Obstacle, policy: Policy) -> MetricComparison:
    verdict = Verdict.INCONCLUSIVE if found.comparable else Verdict.INCOMPARABLE
    older, newer = points
    effect = newer - older if found.comparable and older is not None and newer is not None else None
    return MetricComparison(
        metric, split, verdict, "", older, newer, effect, None, None, policy.confidence, None, found.reason
    )


def _verdict(found: Difference, policy: Policy, *, lower: bool = False, margin: float = 0.0) -> Verdict:
    # Rounding must not decide whether 1 - 0.95 is reached.
    if found.effect and found.p_value < 1 - policy.confidence - _ROUNDING:
        return Verdict.BETTER if (found.effect < 0) is lower else Verdict.WORSE
    if -margin < found.low and found.high < margin:
        return Verdict.EQUIVALENT
    return Verdict.INCONCLUSIVE


def _margin(metric: str, split: str | None, policy: Policy) -> float:
    """Return the least tolerance that a gate of the policy grants the metric; 0 where none does."""
    gates = (gate for stage in policy.stages for whole in stage.gates for gate in whole.by_slice())
    alike = [gate for gate in gates if gate.metric == metric and (gate.split or "test") == (split or "test")]
    return min((gate.tolerance for gate in alike if gate.tolerance), default=0.0)


def _overall(metrics: Sequence[MetricComparison], score: MetricComparison | None) -> tuple[Verdict, str]:
    def names(verdict: Verdict) -> list[str]:
        return [each.metric for each in metrics if each.verdict is verdict]

    better, worse, apart = names(Verdict.BETTER), names(Verdict.WORSE), names(Verdict.INCOMPARABLE)
    aside = f"; not comparable: {', '.join(apart)}" if apart else ""
    if better and worse:
        both = f"better in {', '.join(better)}, worse in {', '.join(worse)}"
        if score and score.verdict in (Verdict.BETTER, Verdict.WORSE):
            return score.verdict, f"{both}, and {score.verdict.value} by the score{aside}"
        return Verdict.INCONCLUSIVE, both + aside
    if better or worse:
        return (
            (Verdict.BETTER, f"in {', '.join(better)}{aside}")
            if better
            else (Verdict.WORSE, f"in {', '.join(worse)}{aside}")
        )
    if len(apart) == len(metrics):
        return Verdict.INCOMPARABLE, metrics[0].explanation if metrics else "no metric was measured of either"
    undecided = names(Verdict.INCONCLUSIVE)
    if undecided:
        return Verdict.INCONCLUSIVE, f"no difference is shown in {', '.join(undecided)}{aside}"
    return Verdict.EQUIVALENT, f"within the tolerance in {', '.join(names(Verdict.EQUIVALENT))}{aside}"
