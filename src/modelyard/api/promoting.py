"""Promotion: the gate first, then the stage's document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.artifacts_at_hand import ArtifactsAtHand
from modelyard.api.past import CommittedPast
from modelyard.api.proposing import propose
from modelyard.api.registering import GateRefused
from modelyard.api.validating import now
from modelyard.api.waiting import not_committed
from modelyard.errors import Refused
from modelyard.lifecycle.promote import promote
from modelyard.rules.engine import judge_change
from modelyard.snapshot import Snapshot
from modelyard.tree import OverlayTree
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.api.checkout import Checkout
    from modelyard.lifecycle.edits import Edits
    from modelyard.names import Version, VersionId
    from modelyard.rules.judgement import Judgement

__all__ = ["Promoted", "promote_version"]


@dataclass(frozen=True)
class Promoted:
    """What a promotion did; ``replaces`` is the stage's champion until then."""

    version_id: VersionId
    stage: str
    replaces: Version | None
    path: str
    branch: str | None
    commit: str | None
    judgement: Judgement


def promote_version(
    checkout: Checkout,
    version_id: VersionId,
    stage: str,
    *,
    reason: str | None = None,
    branch: str | None = None,
) -> Promoted:
    """Put a version into a stage, judged against the last commit and by its policy.

    :param branch: as for a registration: ``""`` for the usual name, None for the work tree.
    :raises UsageError: version or stage are unknown.
    :raises Refused: the version is there already, or the gate refuses it.
    """
    with checkout.reading() as reader:
        base = checkout.require_registry(checkout.commit(reader))
        if not base.has(version_id) and checkout.work_tree().has(version_id):
            raise not_committed(version_id)
        edits = promote(version_id, stage, base, reason=reason)
        if branch is None:
            _require_unchanged(checkout, base, edits)
        head = Snapshot(OverlayTree(base.tree, edits.files))
        past = CommittedPast(reader, reader.commit_id("HEAD"))
        judgement = judge_change(base, head, past=past, artifacts=ArtifactsAtHand(checkout), moment=now())
        if judgement.refused:
            raise GateRefused(f"{version_id} in {stage}", judgement)
        before = base.promotion(stage, version_id.name)
        chosen = edits.branch if branch == "" else branch
        message = f"{edits.title}\n\n{reason}\n" if reason else edits.title
        commit = propose(checkout, edits, branch=chosen, message=message)
    replaces = before.value.version if before and before.value else None
    return Promoted(version_id, stage, replaces, next(iter(edits.files)), chosen, commit, judgement)


def _require_unchanged(checkout: Checkout, base: Snapshot, edits: Edits) -> None:
    """Make sure that writing loses nothing that somebody has not committed yet."""
    here = checkout.work_tree().tree
    for path in edits.files:
        if here.id(path) not in (None, base.tree.id(path)):
            raise Refused(f"{path} has changes that are not committed", hint=f"git diff {path}")
