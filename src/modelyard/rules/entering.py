"""What enters a stage: each version that a change brings in or makes the champion, with what the stage asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.names import VersionId
from modelyard.rules.finding import Finding
from modelyard.values import cached_property, dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.changes import StageChange
    from modelyard.documents.policy import Policy, Stage
    from modelyard.documents.stage import Promotion
    from modelyard.evaluate.gates import GateResult
    from modelyard.names import Version
    from modelyard.rules.transition import Transition
    from modelyard.version_directory import VersionDirectory

__all__ = ["Entry", "entered", "versions_in"]


@dataclass(frozen=True)
class Entry:
    """One version that a change brings into a stage, or makes its champion."""

    transition: Transition
    change: StageChange
    version_id: VersionId

    @cached_property
    def policy(self) -> Policy:
        """What the judging policy says of this model."""
        return self.transition.policy.for_model(self.change.name)

    @property
    def stage(self) -> Stage | None:
        """The stage as the policy has it for this model, None where it knows none of that name."""
        return self.policy.stage(self.change.stage)

    @property
    def version(self) -> VersionDirectory | None:
        """The version's directory, None where it is not registered."""
        return self.transition.head.version(self.version_id) if self.transition.head.has(self.version_id) else None

    @property
    def champion_id(self) -> VersionId | None:
        """The version that was the stage's champion before, None where there was none."""
        parsed = self.transition.base.promotion(self.change.stage, self.change.name)
        return VersionId(self.change.name, parsed.value.version) if parsed and parsed.value else None

    @property
    def champion(self) -> VersionDirectory | None:
        """The directory of the champion, None where there is none."""
        champion = self.champion_id
        return self.transition.base.version(champion) if champion and self.transition.base.has(champion) else None

    @cached_property
    def gates(self) -> tuple[GateResult, ...]:
        """What each gate of the stage says of the version; nothing where one of the two is unknown."""
        if self.stage is None or not self.stage.gates or self.version is None:
            return ()
        from modelyard.evaluate.gates import judge_gates
        from modelyard.evaluate.measurements import Figures

        champion = Figures.of(self.champion) if self.champion else None
        return tuple(judge_gates(self.stage, Figures.of(self.version), champion, self.policy))

    @property
    def comes_back(self) -> bool:
        """Whether the version was the stage's champion once, so that a rollback leads to it.

        To have been a challenger is not enough: that would let whatever lost a contest replace the winner.

        :raises NotFinished: the history is cut off before the answer.
        """
        return self.transition.past.was_champion(self.change.stage, self.version_id)

    def finding(self, message: str, hint: str) -> Finding:
        """Return what was found, at the place where the stage's document names the version."""
        parsed = self.transition.head.promotion(self.change.stage, self.change.name)
        if parsed is None or parsed.value is None:
            return Finding(self.change.path, message, hint)
        version = self.version_id.version
        path = ("version",) if parsed.value.version == version else ("traffic", str(version))
        return Finding(self.change.path, message, hint, parsed.locate(path))


def entered(transition: Transition) -> Iterator[Entry]:
    """Yield what the change brings into a stage that was not in it before, and a challenger that it makes the champion.

    Since that one entered, the champion may have become a better one.
    """
    for change in transition.changes.stages:
        before = transition.base.promotion(change.stage, change.name)
        after = transition.head.promotion(change.stage, change.name)
        old, new = (each.value if each else None for each in (before, after))
        leads = {new.version} if new and (old is None or old.version != new.version) else set()
        for version in sorted(versions_in(new) - versions_in(old) | leads):
            yield Entry(transition, change, VersionId(change.name, version))


def versions_in(promotion: Promotion | None) -> set[Version]:
    """Return every version that a stage serves, the champion and its challengers."""
    return {promotion.version, *promotion.traffic} if promotion else set()
