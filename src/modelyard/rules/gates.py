"""MY610 and MY611: does what enters a stage keep the stage's gates?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.rule import Finding
from modelyard.rules.stages import entered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.policy import Stage
    from modelyard.evaluate.gates import Verdict
    from modelyard.names import VersionId
    from modelyard.rules.rule import Findings, Transition

__all__ = ["gate_broken", "gate_unsure"]


def gate_broken(transition: Transition) -> Findings:
    """A version enters a stage only with metrics that keep the bounds of the stage's gates.

    Where a row count or an interval is known, the confidence bound must keep the gate, since 0.86
    measured on 200 rows proves only 0.805.

    Bad:
        test: {accuracy: 0.86}            # metrics.json, where the gate is accuracy >= 0.85
        evaluation: {test: {"n": 200}}    # metadata.yaml
    Good:
        test: {accuracy: 0.86}
        evaluation: {test: {"n": 20000}}
    """
    from modelyard.evaluate.gates import Verdict

    return _judged(transition, Verdict.BROKEN, "does not keep the gate")


def gate_unsure(transition: Transition) -> Findings:
    """A gate is kept for sure where the evaluation says on how many rows a metric was measured.

    Bad:
        test: {accuracy: 0.86}            # metrics.json, and metadata.yaml does not say on how many rows
    Good:
        test: {accuracy: 0.86}
        evaluation: {test: {"n": 20000}}   # metadata.yaml
    """
    from modelyard.evaluate.gates import Verdict

    return _judged(transition, Verdict.UNSURE, "keeps by its point alone the gate")


def _judged(transition: Transition, verdict: Verdict, phrase: str) -> Findings:
    for change, version_id in entered(transition):
        stage = transition.policy.stage(change.stage)
        for explanation in _explanations(transition, stage, version_id, verdict):
            parsed = transition.head.promotion(change.stage, change.name)
            hint = f"modelyard show {version_id}"
            place = parsed.locate(("version",)) if parsed else None
            yield Finding(change.path, f"{version_id} {phrase} {explanation}", hint, place)


def _explanations(
    transition: Transition,
    stage: Stage | None,
    version_id: VersionId,
    verdict: Verdict,
) -> Iterator[str]:
    from modelyard.evaluate.gates import judge_gate

    directory = transition.head.version(version_id)
    metadata = directory.metadata.value if directory.metadata else None
    metrics = directory.metrics.value if directory.metrics else None
    for gate in stage.gates if stage and transition.head.has(version_id) else ():
        result = judge_gate(gate, metadata, metrics, transition.policy)
        if result.verdict is verdict:
            yield result.explanation
