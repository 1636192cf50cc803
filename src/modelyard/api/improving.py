"""Improvement: which of the chosen versions are shown to be better than what a stage has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.evaluate.comparison import Candidate, Verdict, compare_versions
from modelyard.lifecycle.stage_document import promotion_of, require_stage, require_version
from modelyard.names import VersionId
from modelyard.values import replace

if TYPE_CHECKING:
    from modelyard.evaluate.comparison import Comparison
    from modelyard.lifecycle.choose import Choice
    from modelyard.snapshot import Snapshot

__all__ = ["only_better"]


def only_better(choice: Choice, stage: str, snapshot: Snapshot) -> tuple[Choice, tuple[str, ...]]:
    """Return what is left of a choice where a version has to be better than the champion, and why what is left is.

    A version is better where :func:`~modelyard.evaluate.comparison.compare_versions` says so; inconclusive figures do
    not. Where the stage has no version of the model yet, there is nothing to be better than.

    :raises UsageError: the policy knows no such stage, or a version is not registered.
    :raises Refused: the stage's document has faults.
    :raises NotFinished: predictions are to be resampled, and NumPy is not installed.
    """
    require_stage(stage, snapshot, after="--to ")
    better: list[VersionId] = []
    left_out, remarks = list(choice.left_out), []
    for version_id in choice.version_ids:
        require_version(version_id, snapshot)
        now = promotion_of(stage, version_id.name, snapshot)
        if now and now.version == version_id.version:
            left_out.append(f"{version_id} is in {stage} already")
            continue
        if now is None:
            better.append(version_id)
            remarks.append(f"{stage} has no version of {version_id.name} that {version_id} could be compared with")
            continue
        champion = VersionId(version_id.name, now.version)
        found = _compared(champion, version_id, snapshot)
        if found.verdict is Verdict.BETTER:
            better.append(version_id)
            remarks.append(f"{version_id} is better than {champion}: {found.explanation}")
        else:
            left_out.append(
                f"{version_id} is not shown to be better than {champion} in {stage}: {found.verdict.value}, "
                f"{found.explanation}"
            )
    return replace(choice, version_ids=tuple(better), left_out=tuple(left_out)), tuple(remarks)


def _compared(champion: VersionId, version_id: VersionId, snapshot: Snapshot) -> Comparison:
    older, newer = Candidate.pair(snapshot.version(champion), snapshot.version(version_id))
    return compare_versions(older, newer, snapshot.policy.for_model(version_id.name))
