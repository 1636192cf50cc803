"""A contest: a version that enters a stage, held against the one that the stage means so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.evaluate.comparison import Candidate
from modelyard.evaluate.gates import judge_gates
from modelyard.evaluate.measurements import Figures
from modelyard.evaluate.metric_changes import metric_changes
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.documents.predictions import Predictions
    from modelyard.evaluate.gates import GateResult
    from modelyard.evaluate.metric_changes import MetricChanges
    from modelyard.version_directory import VersionDirectory

__all__ = ["Contest"]


@dataclass(frozen=True)
class Contest:
    """Two versions, of which the first would take the other's place or serve beside it.

    :param champion: None where there is none yet.
    :param policy: what the judging policy says of this model.
    """

    version: VersionDirectory
    champion: VersionDirectory | None
    policy: Policy

    def gates(self, stage: str) -> tuple[GateResult, ...]:
        """Return what each gate of a stage says of the version; nothing where the policy knows no such stage."""
        known = self.policy.stage(stage)
        return tuple(judge_gates(known, Figures.of(self.version), self._champion, self.policy)) if known else ()

    def metrics(self) -> MetricChanges:
        """Return what became of each metric from the champion to the version, as ``modelyard compare`` says it too.

        :raises NotFinished: predictions are to be resampled, and NumPy is not installed.
        """
        if self.champion is None:
            return metric_changes(Candidate.of(self.version), None, self.policy)
        older, newer = Candidate.pair(self.champion, self.version)
        return metric_changes(newer, older, self.policy)

    def stated_metrics(self) -> MetricChanges:
        """Return what became of each metric by what both versions state, without their predictions."""
        older = Candidate.of(self.champion) if self.champion else None
        return metric_changes(Candidate.of(self.version), older, self.policy)

    def predictions(self) -> tuple[Predictions, Predictions] | None:
        """Return the champion's predictions and the version's; None unless both are there and can be read."""
        if self.champion is None:
            return None
        older, newer = (each.predictions for each in Candidate.pair(self.champion, self.version))
        return (older, newer) if older and newer else None

    @property
    def _champion(self) -> Figures | None:
        return Figures.of(self.champion) if self.champion else None
