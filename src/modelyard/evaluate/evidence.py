"""Evidence: the figures that a promotion is decided on, as one value that anybody can compute again.

It is made of nothing but what the stage's document says, the versions that it names, the one that the stage means
so far, and the policy. So the same commits give the same evidence; the words that a report adds are no part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard import __version__
from modelyard.documents.canonical import digest
from modelyard.documents.stage import Evidence
from modelyard.evaluate.contest import Contest
from modelyard.names import VersionId

if TYPE_CHECKING:
    from modelyard.documents.document import Value
    from modelyard.documents.policy import Policy
    from modelyard.documents.stage import Promotion
    from modelyard.evaluate.gates import GateResult
    from modelyard.evaluate.measurements import Measurement
    from modelyard.evaluate.metric_changes import MetricChange
    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = ["FORMAT", "STATED_ONLY", "TOOL", "decides", "evidence", "evidence_value", "recomputed"]

FORMAT = 2
"""The form of the evidence that is written; another one gives other digests."""

STATED_ONLY = 1
"""The form that was written before predictions became a part of the comparison; it is still understood."""

TOOL = f"modelyard {__version__}"
"""What a stage's document calls the program that computed its evidence."""

# Logarithms differ in their last digits from one machine to the next; what was measured is taken as it stands.
_DIGITS = 6


def decides(before: Promotion | None, after: Promotion) -> bool:
    """Whether a stage means another version from now on, or shares its traffic otherwise."""
    if before is None:
        return True
    return (before.version, dict(before.traffic)) != (after.version, dict(after.traffic))


def evidence(
    stage: str, name: ModelName, after: Promotion, *, base: Snapshot, head: Snapshot, policy: Policy
) -> Evidence:
    """Return what a stage's document shall say of the evidence: its digest, and who computed it."""
    return Evidence(digest(evidence_value(stage, name, after, base=base, head=head, policy=policy)), TOOL)


def evidence_value(
    stage: str,
    name: ModelName,
    after: Promotion,
    *,
    base: Snapshot,
    head: Snapshot,
    policy: Policy,
    form: int = FORMAT,
) -> Value:
    """Return the evidence as JSON has it.

    :param after: what the stage's document says from now on; neither its reason nor its evidence counts.
    :param base: where the stage says what it means so far.
    :param head: where the versions are that it names.
    :param policy: the judging one, of all models.
    :raises NotFinished: predictions are to be resampled, and NumPy is not installed.
    """
    before = base.promotion(stage, name)
    champion_id = VersionId(name, before.value.version) if before and before.value else None
    champion = base.version(champion_id) if champion_id and base.has(champion_id) else None
    policy = policy.for_model(name)
    version_ids = [VersionId(name, version) for version in sorted(after.versions)]
    directories = [head.version(each) for each in version_ids if each != champion_id and head.has(each)]
    return {
        "format": form,
        "stage": stage,
        "champion": {"before": _identity(champion), "after": str(VersionId(name, after.version))},
        "traffic": {str(version): share for version, share in after.traffic.items()},
        "policy": {
            "confidence": policy.confidence,
            "lower_is_better": [*sorted(policy.lower_is_better)],
            "proportions": [*sorted(policy.proportions)],
        },
        "versions": [_version(Contest(each, champion, policy), stage, form) for each in directories],
    }


def recomputed(
    stage: str, name: ModelName, after: Promotion, *, base: Snapshot, head: Snapshot, policy: Policy
) -> Value:
    """Return the evidence in the form that the stage's document states the digest of; else in the one that is written.

    :raises NotFinished: predictions are to be resampled, and NumPy is not installed.
    """
    value = evidence_value(stage, name, after, base=base, head=head, policy=policy)
    if after.evidence is None or after.evidence.digest == digest(value):
        return value
    earlier = evidence_value(stage, name, after, base=base, head=head, policy=policy, form=STATED_ONLY)
    return earlier if after.evidence.digest == digest(earlier) else value


def _version(contest: Contest, stage: str, form: int) -> Value:
    changes = contest.stated_metrics() if form == STATED_ONLY else contest.metrics()
    value: dict[str, Value] = {
        "version": _identity(contest.version),
        "gates": [_gate(each) for each in contest.gates(stage)],
        "metrics": {each.name: _metric(each) for each in changes.metrics},
    }
    return value if form == STATED_ONLY else {**value, "predictions": _predictions(contest)}


def _predictions(contest: Contest) -> Value:
    pair = contest.predictions()
    return {"older": pair[0].sha256, "newer": pair[1].sha256} if pair else None


def _identity(version: VersionDirectory | None) -> Value:
    return {"id": str(version.id), "tree": version.tree_id} if version else None


def _gate(result: GateResult) -> Value:
    gate = result.gate
    stated: dict[str, Value] = {
        "metric": gate.metric,
        "split": gate.split,
        "at_least": gate.at_least,
        "at_most": gate.at_most,
        "no_regression": gate.no_regression,
        "tolerance": gate.tolerance,
        "strict": gate.strict,
        "value": result.value,
        "champion": result.champion,
        "bound": _rounded(result.bound),
        "verdict": result.verdict.value,
    }
    return {key: value for key, value in stated.items() if value is not None}


def _metric(change: MetricChange) -> Value:
    low, high = change.interval or (None, None)
    compared = change.compared
    return {
        "newer": _measurement(change.newer),
        "older": _measurement(change.older),
        "verdict": compared.verdict.value if compared else None,
        "method": compared.difference.method if compared and compared.difference else None,
        "difference": _rounded(change.difference),
        "low": _rounded(low),
        "high": _rounded(high),
        "adjusted": _rounded(compared.adjusted if compared else None),
    }


def _measurement(measured: Measurement | None) -> Value:
    if measured is None:
        return None
    return {"point": measured.point, "low": _rounded(measured.low), "high": _rounded(measured.high)}


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else float(f"{figure:.{_DIGITS}g}")
