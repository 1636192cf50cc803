"""A change as rules see it: from a base with a past to a head, made by somebody at some moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from modelyard.values import cached_property, dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from modelyard.changes import Changes, StageChange
    from modelyard.documents.policy import Policy
    from modelyard.git.people import Person
    from modelyard.names import VersionId
    from modelyard.rules.entering import Entry
    from modelyard.snapshot import Snapshot

__all__ = ["Maker", "Past", "Stay", "Transition"]


@dataclass(frozen=True)
class Stay:
    """When a version came into a stage, and when it left it; None: it has not."""

    since: datetime
    until: datetime | None = None


class Past(Protocol):
    """What the base's own history says."""

    @property
    def ends(self) -> datetime | None:
        """When it ends, by the clock; None where there is no clock."""

    def was_in(self, stage: str, version_id: VersionId) -> bool:
        """Whether the version has ever been in the stage on the base's first parents.

        :raises NotFinished: the history is cut off before the answer.
        """

    def was_champion(self, stage: str, version_id: VersionId) -> bool:
        """Whether the version has ever been the stage's champion on the base's first parents.

        :raises NotFinished: the history is cut off before the answer.
        """

    def stays(self, stage: str | None, version_id: VersionId) -> tuple[Stay, ...]:
        """Return when the version was in a stage, or in the registry at all where no stage is given; oldest first.

        No date is taken for earlier than that of a commit before it.

        :raises NotFinished: the history is cut off before the answer.
        """

    def authors(self, version_id: VersionId) -> tuple[Person, ...]:
        """Return who wrote the commits that made the version; nobody where the base does not have it.

        :raises NotFinished: the history is cut off before the answer.
        """


@dataclass(frozen=True)
class Maker:
    """Whoever makes a change.

    :param actor: a name, None where nobody says one.
    :param signed: whether a key that the base's policy knows signed the head commit; None where nobody looked.
    """

    actor: str | None = None
    signed: bool | None = None


@dataclass(frozen=True)
class Transition:
    """A base, a head, what differs between them, and the policy that judges it (the base's).

    :param actor: who makes the change, None where nobody said so.
    :param moment: when the change is made, as it says itself; None where that is unknown.
    :param signed: whether a key that the policy knows signed the head commit; None where nobody looked.
    """

    base: Snapshot
    head: Snapshot
    changes: Changes
    policy: Policy
    past: Past
    actor: str | None = None
    moment: datetime | None = None
    signed: bool | None = None

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What the change brings into a stage; see :func:`modelyard.rules.entering.entered`."""
        from modelyard.rules.entering import entered

        return tuple(entered(self))

    @cached_property
    def evidence(self) -> Mapping[StageChange, str]:
        """The digest of the evidence of each decision that the change states evidence for, computed again.

        :raises NotFinished: predictions are to be resampled, and NumPy is not installed.
        """
        from modelyard.rules.evidence import recomputed_digests

        return dict(recomputed_digests(self))

    @property
    def founds(self) -> bool:
        """Whether there was no registry before."""
        return not self.base.exists
