"""Gates: whether a version's metrics keep the bounds of a stage, and how surely."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.evaluate.statistics import wilson_interval
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metadata_parts import Evaluation, Interval
    from modelyard.documents.metrics import Metrics
    from modelyard.documents.policy import Gate, Policy

__all__ = ["GateResult", "Verdict", "judge_gate"]


class Verdict(Enum):
    """``KEPT`` by the confidence bound; ``UNSURE`` where only a point estimate exists; or ``BROKEN``."""

    KEPT = "kept"
    UNSURE = "unsure"
    BROKEN = "broken"


@dataclass(frozen=True)
class GateResult:
    """What one gate says of one version: the verdict, and one sentence with the figures."""

    gate: Gate
    verdict: Verdict
    explanation: str


@dataclass(frozen=True)
class _Measured:
    point: float
    low: float | None = None
    high: float | None = None
    method: str = ""


def judge_gate(gate: Gate, metadata: Metadata | None, metrics: Metrics | None, policy: Policy) -> GateResult:
    """Hold a gate against the bound that the figures prove.

    An ``at_least`` gate is tested against the lower bound of the interval that the evaluation
    states, else, for a proportion with a known number of rows, of Wilson's interval; ``at_most``
    against the upper one. Where neither is known the point estimate decides, and the verdict is at
    best ``UNSURE``; a strict gate is then broken. An interval of a lower level than the policy asks for
    proves too little and is passed over; one that leaves out its own point estimate proves nothing,
    and the gate is broken.

    :param metadata: None where it cannot be read; every gate is then broken.
    """
    point = metrics.find(gate.metric, split=gate.split) if metrics else None
    if metadata is None:
        return GateResult(gate, Verdict.BROKEN, f"{gate}: the metadata cannot be read")
    if point is None:
        return GateResult(gate, Verdict.BROKEN, f"{gate}: the metric is not in metrics.json")
    interval = _interval(gate, metadata)
    if interval and not interval.low <= point <= interval.high:
        stated = f"[{interval.low:g}, {interval.high:g}]"
        return GateResult(gate, Verdict.BROKEN, f"{gate}: measured {point:g}, outside its own interval {stated}")
    measured = _measure(gate, point, metadata, policy)
    bound = measured.low if gate.at_least is not None else measured.high
    if bound is None:
        return _by_point(gate, point)
    kept = _keeps(gate, bound)
    side = "lower" if gate.at_least is not None else "upper"
    explanation = f"{gate}: measured {point:g}, {side} bound {bound:.4f} ({measured.method})"
    return GateResult(gate, Verdict.KEPT if kept else Verdict.BROKEN, explanation)


def _by_point(gate: Gate, point: float) -> GateResult:
    explanation = f"{gate}: measured {point:g}, and nothing says on how many rows or how surely"
    kept = _keeps(gate, point) and not gate.strict
    return GateResult(gate, Verdict.UNSURE if kept else Verdict.BROKEN, explanation)


def _keeps(gate: Gate, figure: float) -> bool:
    if gate.at_least is not None:
        return figure >= gate.at_least
    return gate.at_most is None or figure <= gate.at_most


def _measure(gate: Gate, point: float, metadata: Metadata, policy: Policy) -> _Measured:
    interval = _interval(gate, metadata)
    if interval and interval.level >= policy.confidence:
        return _Measured(point, interval.low, interval.high, f"{interval.level:.0%} interval of the evaluation")
    evaluation = _evaluation(gate, metadata)
    if evaluation and evaluation.n and gate.metric in policy.proportions and 0 <= point <= 1:
        low, high = wilson_interval(point, evaluation.n, level=policy.confidence)
        return _Measured(point, low, high, f"Wilson {policy.confidence:.0%}, n = {evaluation.n}")
    return _Measured(point)


def _interval(gate: Gate, metadata: Metadata) -> Interval | None:
    evaluation = _evaluation(gate, metadata)
    return evaluation.metrics.get(gate.metric) if evaluation else None


def _evaluation(gate: Gate, metadata: Metadata) -> Evaluation | None:
    return metadata.evaluation.get(gate.split or "test")
