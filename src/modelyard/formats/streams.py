"""Forward reading of a byte stream that nobody has checked, with a bound on what is kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedReader

__all__ = ["KEPT", "BrokenStream", "Stream"]

# More than the longest text that is looked at can take: 256 characters as \U0001f600 each.
KEPT = 4096
_CHUNK = 64 * 1024


class BrokenStream(Exception):
    """The bytes end too early, or are not what they seemed to be. Never leaves this package."""


class Stream:
    """A buffered file that is read once, from its start to its end.

    :param file: the file, at its start.
    :param size: its length in bytes where it can seek; None where bytes have to be read to be skipped.
    """

    def __init__(self, file: BufferedReader, *, size: int | None) -> None:
        self._file = file
        self._size = size

    def read(self, size: int) -> bytes:
        """Return exactly size bytes.

        :raises BrokenStream: there are fewer left.
        """
        data = self._file.read(size)
        if len(data) < size:
            raise BrokenStream
        return data

    def read_end(self, size: int) -> bytes:
        """Return the last KEPT of the next size bytes, all of them where they are fewer.

        :raises BrokenStream: there are fewer left.
        """
        if size > KEPT:
            self.skip(size - KEPT)
            size = KEPT
        return self.read(size)

    def read_line(self) -> bytes:
        r"""Return the first KEPT bytes of the next line, without its ``\n``, and pass the whole line.

        :raises BrokenStream: the line has no end.
        """
        kept = piece = self._file.readline(KEPT)
        while not piece.endswith(b"\n"):
            piece = self._file.readline(_CHUNK)
            if not piece:
                raise BrokenStream
        return kept.removesuffix(b"\n")

    def skip(self, size: int) -> None:
        """Pass the next size bytes.

        :raises BrokenStream: there are fewer left.
        """
        if self._size is not None:
            target = self._file.tell() + size
            if target > self._size:
                raise BrokenStream
            self._file.seek(target)
            return
        while size > 0:
            size -= len(self.read(min(size, _CHUNK)))

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return not self._file.peek(1)
