"""Events: one thing that happened to a model, a stage or the policy, and who answers for it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from modelyard.names import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from modelyard.git.people import Person
    from modelyard.names import ModelName

__all__ = ["Event", "Kind", "concerning"]


class Kind(str, Enum):
    """What happened; the value is how it is written everywhere.

    Files say what was, not which command wrote them. So a stage that means a higher version, or a first
    one, was *promoted*; one that means a lower version again, or whose newcomer is held back, was *rolled
    back*; and one that means a lower version for the first time, or none at all, was *demoted*.
    """

    REGISTERED = "registered"
    EDITED = "edited"
    REMOVED = "removed"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    ROLLED_BACK = "rolled back"
    TRAFFIC_CHANGED = "traffic changed"
    HELD = "held"
    RELEASED = "released"
    RESTATED = "restated"
    YANKED = "yanked"
    UNYANKED = "un-yanked"
    DEPRECATED = "deprecated"
    UNDEPRECATED = "un-deprecated"
    RETIRED = "retired"
    TRANSFERRED = "transferred"
    POLICY_CHANGED = "policy changed"
    BROKEN = "broken"


class Event(NamedTuple):
    """One thing that happened, by one commit on the line of first parents.

    :param time: when that commit was made, as its committer's clock had it, in UTC.
    :param stage: where it happened; None where no stage is concerned.
    :param name: the model; None for the policy.
    :param before: what held until then: the version that a stage meant, the version that went or is held or
        yanked, the owners, the id of the policy's blob; None where there was nothing.
    :param after: the same of what holds from then on.
    :param reason: as the registry's own document has it, else as the commit's message does.
    :param commit: the full id.
    :param author: who wrote the change: of a merge, the author of the last commit that it merged.
    :param committer: who put it on the branch: of a merge, its author, since forges commit in their own name.
    :param reviewers: whom the commit's message names as such.
    :param pull_request: the number that the commit's message names.
    :param traffic: the shares of a stage's versions from then on; empty where one has all of it.
    """

    time: datetime
    kind: Kind
    stage: str | None
    name: ModelName | None
    before: Version | str | None
    after: Version | str | None
    reason: str | None
    commit: str
    author: Person
    committer: Person
    reviewers: tuple[Person, ...] = ()
    pull_request: int | None = None
    traffic: Mapping[Version, int] = {}

    @property
    def version(self) -> Version | None:
        """The version that it is about, the later one of two; None where it is about no version."""
        found = self.before if self.after is None else self.after
        return found if isinstance(found, Version) else None


def concerning(events: Iterable[Event], *, name: str | None = None, stage: str | None = None) -> Iterator[Event]:
    """Yield the events that concern a model, and that happened in a stage."""
    return (event for event in events if name in (None, event.name) and stage in (None, event.stage))
