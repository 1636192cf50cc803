"""One artifact, open for reading: its first bytes, its size, and any piece of it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

__all__ = ["HEAD", "Source", "opened", "source_of"]

HEAD = 64 * 1024


@dataclass(frozen=True)
class Source:
    """A file that is being looked at.

    :param file: its bytes; whoever reads them seeks first.
    :param size: its length in bytes when it was opened.
    :param head: its first bytes, at most HEAD of them.
    """

    file: BufferedReader
    name: str
    size: int
    head: bytes

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes of the file's name, in lower case: ``(".pkl", ".gz")``."""
        return tuple(suffix.lower() for suffix in PurePath(self.name).suffixes)

    def read(self, offset: int, size: int) -> bytes:
        """Return at most size bytes from an offset; fewer where the file ends before."""
        self.file.seek(offset)
        return self.file.read(size)

    def tail(self, size: int) -> bytes:
        """Return the last bytes of the file, at most size of them."""
        return self.read(max(0, self.size - size), size)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a regular file as a source.

    :raises OSError: it cannot be read.
    """
    with path.open("rb") as file:
        yield source_of(file, path.name)


def source_of(file: BufferedReader, name: str) -> Source:
    """Return an open file that can seek as a source; whoever opened it closes it.

    :param name: the file's name, whose suffixes may tell what its bytes do not.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return Source(file, name, size, file.read(HEAD))
