"""Gates: whether a version's metrics keep the bounds of a stage, and how surely.

One call of :func:`judge_gates` answers for a version that enters a stage: one frozen :class:`GateResult` for each gate
and slice, with the figures that it rests on and its verdict. Rules refuse by it, and a report shows it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.evaluate.measurements import measure
from modelyard.evaluate.regressions import incomparable, loss
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.policy import Gate, Policy, Stage
    from modelyard.evaluate.measurements import Figures, Measurement
    from modelyard.evaluate.regressions import Loss

__all__ = ["GateResult", "Verdict", "judge_bound", "judge_gates", "judge_regression"]


class Verdict(Enum):
    """What a gate says.

    ``KEPT`` by the confidence bound, and the version passes; ``UNSURE`` where only the point estimate keeps it, which
    is a warning; ``BROKEN``, and the version fails; or ``INCOMPARABLE``: the gate asks for no regression, and the two
    versions were not measured alike, so a reviewer decides.
    """

    KEPT = "kept"
    UNSURE = "unsure"
    BROKEN = "broken"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True)
class GateResult:
    """What one gate says of one version: the verdict, one sentence, and the figures in it.

    :param gate: the gate, of one slice; what it demands is its ``threshold``.
    :param value: what was measured; None where it was not.
    :param bound: what was held against the threshold: an end of the interval of the value, or the most by which it may
        be worse than the champion's; None where nothing proves one.
    :param method: where the bound comes from; empty where there is none.
    :param champion: what was measured of the version now in the stage; None where the gate does not ask, or no figure
        of it can be compared.
    """

    gate: Gate
    verdict: Verdict
    explanation: str
    value: float | None = None
    bound: float | None = None
    method: str = ""
    champion: float | None = None


def judge_gates(stage: Stage, newer: Figures, champion: Figures | None, policy: Policy) -> Iterator[GateResult]:
    """Yield what each gate of a stage says of a version that enters it, slice by slice.

    :param champion: the version that is in the stage now; without one nothing can regress, and those gates are kept.
    """
    for gate in (each for whole in stage.gates for each in whole.by_slice()):
        if not gate.no_regression:
            yield judge_bound(gate, newer, policy)
        elif champion:
            yield judge_regression(gate, newer, champion, policy)
        else:
            explanation = f"{gate}: there is no version in {stage.name} to compare with"
            measured = measure(gate.metric, gate.split, newer, policy)
            yield GateResult(gate, Verdict.KEPT, explanation, measured.point if measured else None)


def judge_bound(gate: Gate, figures: Figures, policy: Policy) -> GateResult:
    """Hold a gate with a bound against what the figures of a version prove.

    An ``at_least`` gate is tested against the lower bound of the interval that the evaluation
    states, else, for a proportion with a known number of rows, of Wilson's interval; ``at_most``
    against the upper one. Where neither is known the point estimate decides, and the verdict is at
    best ``UNSURE``; a strict gate is then broken. An interval of a lower level than the policy asks for
    proves too little and is passed over. Figures that contradict themselves or cannot be read prove
    nothing, and the gate is broken.
    """
    measured = measure(gate.metric, gate.split, figures, policy)
    fault = _fault(figures, measured)
    if measured is None or fault:
        return _at_fault(gate, measured, fault)
    bound = measured.low if gate.at_least is not None else measured.high
    if bound is None:
        return _by_point(gate, measured.point)
    side = "lower" if gate.at_least is not None else "upper"
    explanation = f"{gate}: measured {measured.point:g}, {side} bound {bound:.4f} ({measured.method})"
    verdict = Verdict.KEPT if _keeps(gate, bound) else Verdict.BROKEN
    return GateResult(gate, verdict, explanation, measured.point, bound, measured.method)


def judge_regression(gate: Gate, newer: Figures, champion: Figures, policy: Policy) -> GateResult:
    """Hold a version against the champion by the metric of a gate that asks for no regression.

    The gate is broken where the figure is worse by more than the tolerance; kept where the confidence bound of the
    loss is within it as well; and between the two, or where no bound is known, the verdict is ``UNSURE``, or
    ``BROKEN`` where the gate is strict. Versions that were not measured on the same data are ``INCOMPARABLE``.
    """
    measured = measure(gate.metric, gate.split, newer, policy)
    fault = _fault(newer, measured)
    if measured is None or fault:
        return _at_fault(gate, measured, fault)
    before = measure(gate.metric, gate.split, champion, policy)
    why = incomparable(gate, newer, champion, before)
    if before is None or why:
        explanation = f"{gate}: measured {measured.point:g}, and it {why}"
        return GateResult(gate, Verdict.INCOMPARABLE, explanation, measured.point)
    found = loss(measured, before, lower_is_better=gate.metric in policy.lower_is_better)
    explanation = f"{gate}: measured {measured.point:g} against {before.point:g}, {_bounded(found, policy)}"
    return GateResult(
        gate, _weigh(gate, found), explanation, measured.point, found.most, found.method, champion=before.point
    )


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


def _at_fault(gate: Gate, measured: Measurement | None, fault: str | None) -> GateResult:
    return GateResult(gate, Verdict.BROKEN, f"{gate}: {fault}", measured.point if measured else None)


def _fault(figures: Figures, measured: Measurement | None) -> str | None:
    if figures.metadata is None:
        return "the metadata cannot be read"
    if measured is None:
        return "the metric is not in metrics.json"
    return f"measured {measured.point:g}, {measured.doubt}" if measured.doubt else None


def _by_point(gate: Gate, point: float) -> GateResult:
    explanation = f"{gate}: measured {point:g}, and nothing says on how many rows or how surely"
    kept = _keeps(gate, point) and not gate.strict
    return GateResult(gate, Verdict.UNSURE if kept else Verdict.BROKEN, explanation, point)


def _keeps(gate: Gate, figure: float) -> bool:
    if gate.at_least is not None:
        return figure >= gate.at_least
    return gate.at_most is None or figure <= gate.at_most
