"""Comparison: whether a version is better than another, by each metric, how surely, and by which method."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.documents.schema_words import listed
from modelyard.evaluate.differences import Difference, difference
from modelyard.evaluate.holm import adjusted
from modelyard.evaluate.measurements import Figures, measure, measured_alike
from modelyard.evaluate.paired import Contradiction, paired_difference
from modelyard.values import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.documents.policy import Policy
    from modelyard.documents.predictions import Predictions
    from modelyard.evaluate.measurements import Measurement
    from modelyard.names import VersionId
    from modelyard.version_directory import VersionDirectory

__all__ = ["Candidate", "Comparison", "MetricComparison", "Verdict", "compare_versions", "metrics_of"]


class Verdict(Enum):
    """What a comparison says of the newer version.

    ``BETTER`` and ``WORSE`` where the difference is shown; ``EQUIVALENT`` where it is shown to be within the margin;
    ``INCONCLUSIVE`` where the figures show none of these; ``INCOMPARABLE`` where they were not measured alike.
    """

    BETTER = "better"
    WORSE = "worse"
    EQUIVALENT = "equivalent"
    INCONCLUSIVE = "inconclusive"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True)
class Candidate:
    """A version that takes part in a comparison, and the documents that its figures are taken from.

    :param predictions: what it said row by row, None where that is not known.
    :param remark: why its predictions are left aside; empty where they are not.
    """

    version_id: VersionId
    figures: Figures
    predictions: Predictions | None = None
    remark: str = ""

    @classmethod
    def of(cls, version: VersionDirectory) -> Candidate:
        """Return a version by the figures that it states, without its predictions."""
        return cls(version.id, Figures.of(version))

    @classmethod
    def pair(cls, older: VersionDirectory, newer: VersionDirectory) -> tuple[Candidate, Candidate]:
        """Return two versions to be compared, with their predictions where both have them."""
        from modelyard.documents.predictions import FILE

        if FILE in older and FILE in newer:
            return cls._with_predictions(older), cls._with_predictions(newer)
        return cls.of(older), cls.of(newer)

    @classmethod
    def _with_predictions(cls, version: VersionDirectory) -> Candidate:
        from modelyard.documents.predictions import FILE, InvalidPredictions

        try:
            return cls(version.id, Figures.of(version), version.predictions)
        except InvalidPredictions as invalid:
            # The version cannot be changed any more, and its figures still stand.
            remark = f"{version.full_path(FILE)} is left aside: {invalid}"
            return cls(version.id, Figures.of(version), remark=remark)


@dataclass(frozen=True)
class MetricComparison:
    """One metric of two versions.

    :param metric: the full name as in ``metrics.json``, such as ``test.accuracy``.
    :param older: the figure of the older version, None where it has none; so ``newer``.
    :param difference: how far apart they lie, None where they are incomparable.
    :param adjusted: the p-value of the difference after Holm's correction for all metrics of the comparison.
    :param explanation: why there is no other verdict; empty where the figures speak for themselves.
    """

    metric: str
    verdict: Verdict
    older: float | None = None
    newer: float | None = None
    difference: Difference | None = None
    adjusted: float | None = None
    explanation: str = ""


@dataclass(frozen=True)
class Comparison:
    """A newer version against an older one.

    :param level: the confidence level of all intervals and verdicts.
    :param explanation: one sentence that gives the reason for the verdict.
    :param remarks: what was left aside, and why.
    """

    older: VersionId
    newer: VersionId
    verdict: Verdict
    metrics: tuple[MetricComparison, ...]
    level: float
    explanation: str
    remarks: tuple[str, ...] = ()


def compare_versions(
    older: Candidate,
    newer: Candidate,
    policy: Policy,
    *,
    only: Sequence[str] = (),
    margins: Mapping[str, float] | None = None,
) -> Comparison:
    """Hold a newer version against an older one by all of their metrics, or by some.

    A difference is shown where its p-value, after Holm's correction for all metrics that are compared, is at most
    one less the policy's confidence. It is shown to be small where the interval lies within the margin; that errs in
    at most half as many cases as the level allows. The verdict on the version is better or worse where one metric is
    and none is the other; equivalent where all metrics are.

    Metrics that can be computed row by row are compared in pairs where both versions have predictions.

    :param only: full names of metrics; empty for all that either version has.
    :param margins: by metric, the difference that does not matter; without one nothing is equivalent.
    :raises NotFinished: predictions are to be resampled, and NumPy is not installed.
    """
    names = only or metrics_of(older.figures, newer.figures)
    found = [_compared(name, older, newer, policy) for name in names]
    found = _corrected(found)
    judged = tuple(_judged(each, policy, _margin(each.metric, margins or {}, policy)) for each in found)
    verdict, explanation = _overall(judged)
    remarks = tuple(each.remark for each in (older, newer) if each.remark)
    return Comparison(older.version_id, newer.version_id, verdict, judged, policy.confidence, explanation, remarks)


def _corrected(found: Sequence[MetricComparison]) -> list[MetricComparison]:
    p_values = {
        each.metric: each.difference.p_value
        for each in found
        if each.difference and each.difference.p_value is not None
    }
    of_metric = dict(zip(p_values, adjusted(tuple(p_values.values())), strict=True))
    return [replace(each, adjusted=of_metric.get(each.metric)) for each in found]


def metrics_of(*figures: Figures) -> tuple[str, ...]:
    """Return the full names of all metrics that any of the versions has, sorted."""
    return tuple(sorted({name for each in figures if each.metrics for name in each.metrics.values}))


def _compared(name: str, older: Candidate, newer: Candidate, policy: Policy) -> MetricComparison:
    split, _, metric = name.rpartition(".")
    before, after = (measure(metric, split or None, each.figures, policy) for each in (older, newer))
    found = MetricComparison(
        name, Verdict.INCOMPARABLE, before.point if before else None, after.point if after else None
    )
    why = _incomparable(split, before, after, older.figures, newer.figures)
    if why or before is None or after is None:
        return replace(found, explanation=why)
    tables = [each.predictions.splits.get(split or "test") if each.predictions else None for each in (older, newer)]
    shown = None
    if tables[0] is not None and tables[1] is not None:
        try:
            shown = paired_difference(
                metric, (tables[0], before.point), (tables[1], after.point), level=policy.confidence
            )
        except Contradiction as contradiction:
            return replace(found, explanation=str(contradiction))
    shown = shown or difference(after, before, level=policy.confidence)
    return replace(found, verdict=Verdict.INCONCLUSIVE, difference=shown)


def _incomparable(
    split: str, before: Measurement | None, after: Measurement | None, older: Figures, newer: Figures
) -> str:
    if before is None or after is None:
        return "only one of them was measured" if before or after else "neither was measured"
    if before.doubt or after.doubt:
        return (
            f"measured {before.point:g}, {before.doubt}" if before.doubt else f"measured {after.point:g}, {after.doubt}"
        )
    alike = measured_alike(split or None, newer, older)
    if alike is None:
        return "no digest tells which data they were measured on"
    return "" if alike else "they were measured on different data"


def _judged(found: MetricComparison, policy: Policy, margin: float | None) -> MetricComparison:
    shown = found.difference
    if shown is None:
        return found
    if shown.low is None or shown.high is None or found.adjusted is None:
        why = "nothing says on how many rows or how surely they were measured"
        return replace(found, explanation=why)
    if found.adjusted <= 1 - policy.confidence:
        is_gain = (shown.effect < 0) == (found.metric.rpartition(".")[2] in policy.lower_is_better)
        return replace(found, verdict=Verdict.BETTER if is_gain else Verdict.WORSE)
    if margin is not None and -margin < shown.low and shown.high < margin:
        return replace(found, verdict=Verdict.EQUIVALENT, explanation=f"the difference is below {margin:g}")
    return found


def _margin(name: str, margins: Mapping[str, float], policy: Policy) -> float | None:
    """Return what was given for a metric by its full name or by its own; else the least tolerance of a gate on it."""
    metric = name.rpartition(".")[2]
    if name in margins or metric in margins:
        return margins.get(name, margins.get(metric))
    tolerances = [
        gate.tolerance
        for stage in policy.stages
        for gate in stage.gates
        if gate.metric == metric and gate.no_regression and gate.tolerance
    ]
    return min(tolerances, default=None)


def _overall(judged: Sequence[MetricComparison]) -> tuple[Verdict, str]:
    by = {verdict: [each.metric for each in judged if each.verdict is verdict] for verdict in Verdict}
    better, worse = by[Verdict.BETTER], by[Verdict.WORSE]
    compared = [each for each in judged if each.verdict is not Verdict.INCOMPARABLE]
    if not compared:
        reasons = {each.explanation for each in judged}
        return Verdict.INCOMPARABLE, reasons.pop() if len(reasons) == 1 else "no metric was measured alike for both"
    if better and worse:
        return Verdict.INCONCLUSIVE, f"better by {listed(better)}, and worse by {listed(worse)}"
    if better or worse:
        return (Verdict.BETTER, f"by {listed(better)}") if better else (Verdict.WORSE, f"by {listed(worse)}")
    if len(by[Verdict.EQUIVALENT]) == len(compared):
        return Verdict.EQUIVALENT, f"by {listed(by[Verdict.EQUIVALENT])}"
    return Verdict.INCONCLUSIVE, "the figures show no difference, and no margin that it is within"
