"""What a registry's own history says, read from the first parents of one commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.clock import now
from modelyard.rules.transition import Stay
from modelyard.snapshot import version_path
from modelyard.values import cached_property

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from modelyard.git.objects import ObjectReader
    from modelyard.git.people import Person
    from modelyard.history import StageEvent
    from modelyard.names import VersionId
    from modelyard.rules.transition import Past

__all__ = ["CommittedPast", "NoPast", "past_of"]


class NoPast:
    """The history of a registry that has none yet."""

    ends = None

    def was_in(self, _stage: str, _version_id: VersionId) -> bool:
        """Return False."""
        return False

    def was_champion(self, _stage: str, _version_id: VersionId) -> bool:
        """Return False."""
        return False

    def stays(self, _stage: str | None, _version_id: VersionId) -> tuple[Stay, ...]:
        """Return nothing."""
        return ()

    def authors(self, _version_id: VersionId) -> tuple[Person, ...]:
        """Return nobody."""
        return ()


class CommittedPast:
    """The history that ends at a commit.

    :param cached: whether what Git said of stages' folders may be taken from beside ``.git``, and kept there.
    """

    def __init__(self, reader: ObjectReader, commit: str, *, cached: bool = True) -> None:
        self._reader = reader
        self._commit = commit
        self._cached = cached

    @property
    def ends(self) -> datetime:
        """Now."""
        return now()

    def was_in(self, stage: str, version_id: VersionId) -> bool:
        """Whether the version has ever been in the stage.

        :raises NotFinished: the clone's history is cut off.
        """
        events = self._events(stage, version_id)
        return any(version_id.version in event.versions for event in events)

    def was_champion(self, stage: str, version_id: VersionId) -> bool:
        """Whether the version has ever been the stage's champion.

        :raises NotFinished: the clone's history is cut off.
        """
        events = self._events(stage, version_id)
        return any(event.promotion.version == version_id.version for event in events if event.promotion)

    def stays(self, stage: str | None, version_id: VersionId) -> tuple[Stay, ...]:
        """Return when the version was in a stage, or in the registry at all where no stage is given; oldest first.

        :raises NotFinished: the clone's history is cut off.
        """
        if stage is None:
            return tuple(self._registration(version_id))
        return tuple(self._stays(stage, version_id))

    def authors(self, version_id: VersionId) -> tuple[Person, ...]:
        """Return who wrote the commits that registered the version.

        :raises NotFinished: the clone's history is cut off.
        """
        from modelyard.git.authors import authors_of

        return authors_of(self._reader.location, self._commit, version_path(version_id))

    def _registration(self, version_id: VersionId) -> Iterator[Stay]:
        from modelyard.git.authors import commits_at

        for commit in commits_at(self._reader.location, self._commit, version_path(version_id))[:1]:
            yield Stay(self._times[commit])

    def _stays(self, stage: str, version_id: VersionId) -> Iterator[Stay]:
        events = tuple(self._events(stage, version_id))
        since: datetime | None = None
        for event in reversed(events):
            time = self._times[event.entry.id]
            if version_id.version in event.versions:
                since = since or time
            elif since:
                yield Stay(since, time)
                since = None
        if since:
            yield Stay(since)

    def _events(self, stage: str, version_id: VersionId) -> Iterator[StageEvent]:
        # Most changes ask nothing of history, and need not import what reads it.
        from modelyard.history import stage_events
        from modelyard.index.file import FILE
        from modelyard.index.folders import KeptFolders

        kept = KeptFolders(self._reader.location.common_dir / FILE) if self._cached else None
        return stage_events(self._reader, self._commit, stage, version_id.name, kept=kept)

    @cached_property
    def _times(self) -> Mapping[str, datetime]:
        from modelyard.git.times import first_parent_times

        return first_parent_times(self._reader.location, self._commit)


def past_of(reader: ObjectReader, commit: str | None, *, cached: bool = True) -> Past:
    """Return the history that ends at a commit; where there is none, nothing ever was.

    :param cached: as for :class:`CommittedPast`.
    """
    return CommittedPast(reader, commit, cached=cached) if commit else NoPast()
