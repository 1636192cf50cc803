"""A registry's repository on this machine, as its commits hold it: with a work tree or bare."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.git.failures import NotARepository
from modelyard.git.location import locate

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from typing_extensions import Self

    from modelyard.git.location import Location
    from modelyard.git.objects import ObjectReader
    from modelyard.snapshot import Snapshot

__all__ = ["Repository", "open_repository"]


class Repository:
    """One repository that holds a registry, or may come to hold one."""

    def __init__(self, location: Location) -> None:
        self.location = location

    @classmethod
    def at(cls, path: Path, *, keep: Iterable[str] = ()) -> Self:
        """Return the repository that holds a directory.

        :param keep: names of ``GIT_*`` variables to take over from our own environment.
        :raises UsageError: the directory is in no Git repository, or in one that cannot be taken.
        """
        try:
            return cls(locate(path, keep=keep))
        except NotARepository as error:
            raise NotARepository(
                error.message, hint="cd into a clone of the registry, or found a new one: modelyard init DIR"
            ) from None

    @contextmanager
    def reading(self) -> Iterator[ObjectReader]:
        """Open the repository's objects for reading."""
        from modelyard.git.objects import ObjectReader

        with ObjectReader(self.location) as reader:
            yield reader

    def commit(self, reader: ObjectReader, revision: str = "HEAD") -> Snapshot:
        """Return the registry as a commit holds it; before the first commit, an empty one."""
        from modelyard.snapshot import Snapshot
        from modelyard.tree import CommitTree

        if revision == "HEAD" and reader.head() is None:
            return self.nothing()
        return Snapshot(CommitTree(reader, reader.commit_id(revision)))

    def nothing(self) -> Snapshot:
        """Return the registry of a repository that holds nothing yet."""
        from modelyard.snapshot import Snapshot
        from modelyard.tree import MemoryTree

        return Snapshot(MemoryTree({}, algorithm=self.location.algorithm))


def open_repository(where: str | os.PathLike[str]) -> Repository:
    """Return the repository at a path, a clone or a bare one.

    :raises UsageError: the path is none, or an address, which tells nothing of its past.
    """
    from pathlib import Path

    from modelyard.addresses import is_address
    from modelyard.git.urls import scrubbed

    if not Path(where).is_dir() and is_address(str(where)):
        address = scrubbed(str(where))
        raise UsageError(f"only a clone has a past, and {address} is none", hint=f"git clone {address}, and ask there")
    try:
        return Repository.at(Path(where))
    except NotARepository as error:
        raise NotARepository(error.message, hint="cd into a clone of the registry, or name it: --repo PATH") from None
