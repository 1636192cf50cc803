"""Gates: whether a version's metrics keep the bounds of a stage, and how surely."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.evaluate.measurements import Figures, measure
from modelyard.evaluate.regressions import incomparable, loss
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metrics import Metrics
    from modelyard.documents.policy import Gate, Policy, Stage
    from modelyard.evaluate.measurements import Measurement
    from modelyard.evaluate.regressions import Loss

__all__ = ["GateResult", "Verdict", "judge_gate", "judge_gates", "judge_regression"]


class Verdict(Enum):
    """What a gate says.

    ``KEPT`` by the confidence bound; ``UNSURE`` where only the point estimate keeps it; ``BROKEN``; or
    ``INCOMPARABLE``: it asks for no regression, and the two versions were not measured alike.
    """

    KEPT = "kept"
    UNSURE = "unsure"
    BROKEN = "broken"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True)
class GateResult:
    """What one gate says of one version: the verdict, and one sentence with the figures."""

    gate: Gate
    verdict: Verdict
    explanation: str


def judge_gates(stage: Stage, newer: Figures, champion: Figures | None, policy: Policy) -> Iterator[GateResult]:
    """Yield what each gate of a stage says of a version that enters it, slice by slice.

    :param champion: the version that is in the stage now; without one nothing can regress, and those gates are kept.
    """
    for gate in (each for whole in stage.gates for each in whole.by_slice()):
        if not gate.no_regression:
            yield _judge_bound(gate, newer, policy)
        elif champion:
            yield judge_regression(gate, newer, champion, policy)
        else:
            yield GateResult(gate, Verdict.KEPT, f"{gate}: there is no version in {stage.name} to compare with")


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
    return _judge_bound(gate, Figures(metadata, metrics), policy)


def judge_regression(gate: Gate, newer: Figures, champion: Figures, policy: Policy) -> GateResult:
    """Hold a version against the champion by the metric of a gate that asks for no regression.

    The gate is broken where the figure is worse by more than the tolerance; kept where the confidence bound of the
    loss is within it as well; and between the two, or where no bound is known, the verdict is ``UNSURE``, or
    ``BROKEN`` where the gate is strict. Versions that were not measured on the same data are ``INCOMPARABLE``.
    """
    measured = measure(gate.metric, gate.split, newer, policy)
    fault = _fault(newer, measured)
    if measured is None or fault:
        return GateResult(gate, Verdict.BROKEN, f"{gate}: {fault}")
    why = incomparable(gate, newer, champion, policy)
    before = measure(gate.metric, gate.split, champion, policy)
    if before is None or why:
        return GateResult(gate, Verdict.INCOMPARABLE, f"{gate}: measured {measured.point:g}, and it {why}")
    found = loss(measured, before, lower_is_better=gate.metric in policy.lower_is_better)
    figures = f"{gate}: measured {measured.point:g} against {before.point:g}, {_bounded(found, policy)}"
    return GateResult(gate, _weigh(gate, found), figures)


def _weigh(gate: Gate, found: Loss) -> Verdict:
    if not found.is_at_most(gate.tolerance):
        return Verdict.BROKEN
    if found.most is not None and found.most <= gate.tolerance:
        return Verdict.KEPT
    return Verdict.BROKEN if gate.strict else Verdict.UNSURE


def _bounded(found: Loss, policy: Policy) -> str:
    if found.most is None:
        return "and nothing says on how many rows or how surely"
    change = "worse" if found.most > 0 else "better"
    side = "at most" if found.most > 0 else "at least"
    return f"{side} {abs(found.most):.4f} {change} ({policy.confidence:.0%} bound)"


def _judge_bound(gate: Gate, figures: Figures, policy: Policy) -> GateResult:
    measured = measure(gate.metric, gate.split, figures, policy)
    fault = _fault(figures, measured)
    if measured is None or fault:
        return GateResult(gate, Verdict.BROKEN, f"{gate}: {fault}")
    bound = measured.low if gate.at_least is not None else measured.high
    if bound is None:
        return _by_point(gate, measured.point)
    side = "lower" if gate.at_least is not None else "upper"
    explanation = f"{gate}: measured {measured.point:g}, {side} bound {bound:.4f} ({measured.method})"
    return GateResult(gate, Verdict.KEPT if _keeps(gate, bound) else Verdict.BROKEN, explanation)


def _fault(figures: Figures, measured: Measurement | None) -> str | None:
    if figures.metadata is None:
        return "the metadata cannot be read"
    if measured is None:
        return "the metric is not in metrics.json"
    return f"measured {measured.point:g}, {measured.doubt}" if measured.doubt else None


def _by_point(gate: Gate, point: float) -> GateResult:
    explanation = f"{gate}: measured {point:g}, and nothing says on how many rows or how surely"
    kept = _keeps(gate, point) and not gate.strict
    return GateResult(gate, Verdict.UNSURE if kept else Verdict.BROKEN, explanation)


def _keeps(gate: Gate, figure: float) -> bool:
    if gate.at_least is not None:
        return figure >= gate.at_least
    return gate.at_most is None or figure <= gate.at_most
