"""A review: one change, ready to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.changes import StageChange
from modelyard.evaluate.contest import Contest
from modelyard.evaluate.gates import Verdict
from modelyard.names import VersionId
from modelyard.review.cards import card_changes
from modelyard.review.deeds import deeds_of
from modelyard.review.facts import facts_of
from modelyard.review.signatures import signature_changes
from modelyard.review.undoing import undoing
from modelyard.values import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.metadata_parts import Signature
    from modelyard.documents.stage import Promotion
    from modelyard.evaluate.gates import GateResult
    from modelyard.evaluate.metric_changes import MetricChanges
    from modelyard.review.facts import Fact
    from modelyard.review.signatures import SignatureChange
    from modelyard.rules.entering import Entry
    from modelyard.rules.judgement import Judgement
    from modelyard.rules.transition import Transition
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = ["Candidate", "Review", "held_against", "review"]


@dataclass(frozen=True)
class Candidate:
    """A version that a change registers or brings into a stage, beside the one that it is held against.

    :param stage: the stage that it enters; None where it is registered, and enters none.
    :param against: the champion of that stage; of a version that enters none, the champion of the last stage that
        has one. None where there is none.
    :param serves_in: the stage whose champion that is.
    :param gates: what the gates of the stage say.
    :param signature: what is different in it; None where neither version states one.
    :param reason: why it enters the stage, as the stage's document says.
    :param comes_back: whether the version was the stage's champion once, as far as a gate depends on that.
    """

    version_id: VersionId
    stage: str | None
    against: VersionId | None
    serves_in: str | None
    description: str | None
    gates: tuple[GateResult, ...]
    metrics: MetricChanges
    facts: tuple[Fact, ...]
    signature: tuple[SignatureChange, ...] | None
    card: tuple[str, ...]
    comes_back: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class Review:
    """A change as a reviewer sees it.

    :param deeds: what it does (see :func:`modelyard.review.deeds.deeds_of`).
    :param undo: the commands that bring back what was.
    :param judgement: what the gate says; None where it was not asked.
    """

    deeds: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    undo: tuple[str, ...]
    judgement: Judgement | None


def review(transition: Transition, judgement: Judgement | None) -> Review:
    """Return what there is to say of a change, and of what the gate said of it."""
    candidates = (*_entering(transition), *_registered(transition))
    return Review(deeds_of(transition), candidates, undoing(transition), judgement)


def held_against(contest: Contest, *, serves_in: str) -> Candidate:
    """Return what there is to say of a version that takes another's place outside the stages of a registry.

    :param serves_in: what names the other one so far, such as a lock file.
    """
    return _candidate(contest, None, (), serves_in=serves_in)


def _entering(transition: Transition) -> Iterator[Candidate]:
    for entry in transition.entries:
        if entry.version:
            stage = entry.change.stage
            contest = Contest(entry.version, entry.champion, entry.policy)
            candidate = _candidate(contest, stage, entry.gates, serves_in=stage)
            after = _promotion(transition.head, entry.change)
            reason = after.reason if after else None
            yield replace(candidate, comes_back=_comes_back(candidate, entry), reason=reason)


def _comes_back(candidate: Candidate, entry: Entry) -> bool:
    # History is read only where something depends on it.
    regresses = any(each.gate.no_regression and each.verdict is not Verdict.KEPT for each in candidate.gates)
    return regresses and entry.comes_back


def _registered(transition: Transition) -> Iterator[Candidate]:
    named = {
        VersionId(change.name, version)
        for change in transition.changes.stages
        if (after := _promotion(transition.head, change))
        for version in after.versions
    }
    for version_id in transition.changes.registered:
        if version_id not in named:
            stage, champion = _champion(transition, version_id)
            policy = transition.policy.for_model(version_id.name)
            contest = Contest(transition.head.version(version_id), _directory(transition.base, champion), policy)
            yield _candidate(contest, None, (), serves_in=stage)


def _champion(transition: Transition, version_id: VersionId) -> tuple[str | None, VersionId | None]:
    """Return the last of the policy's stages that the model is in, and its champion there."""
    for stage in reversed(transition.policy.for_model(version_id.name).stages):
        found = _promotion(transition.base, StageChange(stage.name, version_id.name))
        if found:
            return stage.name, VersionId(version_id.name, found.version)
    return None, None


def _promotion(snapshot: Snapshot, change: StageChange) -> Promotion | None:
    parsed = snapshot.promotion(change.stage, change.name)
    return parsed.value if parsed else None


def _directory(snapshot: Snapshot, version_id: VersionId | None) -> VersionDirectory | None:
    return snapshot.version(version_id) if version_id and snapshot.has(version_id) else None


def _candidate(
    contest: Contest, stage: str | None, gates: tuple[GateResult, ...], *, serves_in: str | None
) -> Candidate:
    newer, older = contest.version, contest.champion
    metadata = newer.metadata.value if newer.metadata else None
    return Candidate(
        newer.id,
        stage,
        older.id if older else None,
        serves_in if older else None,
        metadata.description if metadata else None,
        gates,
        contest.metrics(),
        facts_of(newer, older),
        signature_changes(_signature(newer), _signature(older)) if older else None,
        card_changes(newer, older),
    )


def _signature(version: VersionDirectory) -> Signature | None:
    metadata = version.metadata.value if version.metadata else None
    return metadata.signature if metadata else None
