"""What is to be done with one model's directory, and what in it is somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.storage.in_place import sha256_of
from modelyard.values import cached_property, dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from modelyard.documents.lockfile import Locked
    from modelyard.storage.in_place import Found

__all__ = ["Task"]


@dataclass(frozen=True)
class Task:
    """A model's directory as it stands, and what it is to become.

    :param locked: None where the model is gone from the lock, and its directory has to go.
    :param known: by path, the digests of what was put there.
    """

    name: str
    directory: Path
    locked: Locked | None
    found: Found
    known: Mapping[str, set[str]]

    @property
    def is_done(self) -> bool:
        """Whether nothing is to be done."""
        return self.locked is not None and self.found.is_right

    @property
    def is_new(self) -> bool:
        """Whether nothing stands there."""
        count = len(self.locked.delivery.opened.files) if self.locked else 0
        return len(self.found.missing) == count and not self.found.foreign

    @cached_property
    def strange(self) -> tuple[str, ...]:
        """What somebody else has put there, or has made of what was put there and no longer belongs there."""
        taken = [path for path in self.found.other if path not in self.known]
        return tuple(sorted([*taken, *(path for path in self.found.foreign if not self._is_ours(path))]))

    @cached_property
    def mended(self) -> tuple[str, ...]:
        """What was put there and has other bytes by now."""
        return tuple(path for path in self.found.other if path in self.known and not self._is_ours(path))

    def _is_ours(self, path: str) -> bool:
        return path in self.known and sha256_of(self.directory / path) in self.known[path]
