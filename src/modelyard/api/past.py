"""What a registry's own history says, read from the first parents of one commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.history import stage_events

if TYPE_CHECKING:
    from modelyard.git.objects import ObjectReader
    from modelyard.names import VersionId

__all__ = ["CommittedPast", "NoPast"]


class NoPast:
    """The history of a registry that has none yet."""

    def was_in(self, _stage: str, _version_id: VersionId) -> bool:
        """Return False."""
        return False


class CommittedPast:
    """The history that ends at a commit."""

    def __init__(self, reader: ObjectReader, commit: str) -> None:
        self._reader = reader
        self._commit = commit

    def was_in(self, stage: str, version_id: VersionId) -> bool:
        """Whether the version has ever been in the stage.

        :raises NotFinished: the clone's history is cut off.
        """
        events = stage_events(self._reader, self._commit, stage, version_id.name)
        return any(version_id.version in event.versions for event in events)
