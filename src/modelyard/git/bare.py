"""A bare repository of our own in a cache folder: made when it is missing, for one process at a time to write."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, UsageError
from modelyard.git.failures import GitFailed
from modelyard.git.location import Location, locate
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelyard.git.formats import Algorithm

__all__ = ["BareCopy"]

_CONFIG: dict[Algorithm, str] = {
    "sha1": "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n",
    "sha256": "[core]\n\trepositoryformatversion = 1\n\tfilemode = true\n\tbare = true\n"
    "[extensions]\n\tobjectformat = sha256\n",
}
# Git leaves these behind when it is killed. Its other files are complete, or swept by itself.
_LEFTOVERS = ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "objects/pack/.tmp-*")


@dataclass(frozen=True)
class BareCopy:
    """Where one bare repository is kept, and the lock beside it.

    :param directory: the cache folder.
    :param name: of the repository in it, without a suffix.
    """

    directory: Path
    name: str

    @property
    def place(self) -> Path:
        """The repository's own directory."""
        return self.directory / f"{self.name}.git"

    @contextmanager
    def held(self) -> Iterator[int]:
        """Wait until no other process writes the repository, and give the open file that holds the lock.

        A git that gets the open file holds the lock as well: where we are killed, the next one waits for it.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        # The lock file stays: a process that waits for a removed one would hold a lock that nobody sees.
        with (self.directory / f"{self.name}.lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file.fileno()

    def find(self) -> Location | None:
        """Return the repository as it is; None where there is none, or none that git can open."""
        if not self.place.is_dir():
            return None
        try:
            location = locate(self.place)
        except (NotFinished, UsageError):
            return None
        return location if location.git_dir == self.place.resolve() else None

    def make(self, algorithm: Algorithm) -> Location:
        """Return a new and empty repository, in the place of the one that was there. The lock is held."""
        scratch = self._scratch()
        scratch.mkdir(mode=0o700)
        _lay_out(scratch, algorithm)
        if self.place.exists():
            # A process that reads the old one keeps what it has opened.
            self.place.rename(self._scratch())
        scratch.rename(self.place)
        self.sweep()
        return Location(self.place.resolve(), None, algorithm)

    def sweep(self) -> None:
        """Remove what processes left behind that were killed. The lock is held."""
        for leftover in self.directory.glob(f".{self.name}-*"):
            import shutil

            shutil.rmtree(leftover, ignore_errors=True)
        for pattern in _LEFTOVERS:
            for leftover in self.place.glob(pattern):
                leftover.unlink(missing_ok=True)

    def is_sound(self, location: Location) -> bool:
        """Whether git finds every object whole that it should have; blobs may have been left out."""
        try:
            location.run("-c", "remote.modelyard.promisor=true", "fsck", "--no-dangling", "--no-progress")
        except GitFailed:
            return False
        return True

    def _scratch(self) -> Path:
        """Return a path that is nobody's, and that is swept away if it is left behind."""
        return self.directory / f".{self.name}-{os.urandom(8).hex()}"


def _lay_out(directory: Path, algorithm: Algorithm) -> None:
    """Make an empty directory the bare repository that ``git init`` would make it, without a process.

    Source of the layout: ``gitrepository-layout`` and ``git config`` of Git.
    """
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (directory / folder).mkdir(parents=True)
    (directory / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
    (directory / "config").write_text(_CONFIG[algorithm], encoding="ascii")
