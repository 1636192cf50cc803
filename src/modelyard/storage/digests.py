"""Digests of bytes: the registry's sha256 and DVC's md5, computed in one pass."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "CHUNK",
    "Digester",
    "Digests",
    "chunks",
    "digest_bytes",
    "digest_file",
    "digest_sha256",
    "digest_stream",
    "digesting",
]

CHUNK = 1 << 20
_WORTH_A_THREAD = 4 * CHUNK
_AHEAD = 4  # chunks that wait for the slower of the two digests


@dataclass(frozen=True)
class Digests:
    """What some bytes are: both digests in lower-case hexadecimal, and their number."""

    md5: str
    sha256: str
    size: int


class Digester:
    """Computes :class:`Digests` of bytes that pass by."""

    def __init__(self) -> None:
        import hashlib

        # DVC's md5 finds objects and protects nothing, which FIPS builds of Python want to be told.
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._size = 0

    def update(self, chunk: bytes) -> None:
        """Take the next bytes into account."""
        self._md5.update(chunk)
        self._sha256.update(chunk)
        self._size += len(chunk)

    def digests(self) -> Digests:
        """Return the digests of all bytes so far."""
        return Digests(self._md5.hexdigest(), self._sha256.hexdigest(), self._size)


class _TwoAtOnce(Digester):
    """Computes md5 in a thread of its own: hashlib lets others run while it works."""

    def __init__(self) -> None:
        from queue import SimpleQueue
        from threading import BoundedSemaphore, Thread

        super().__init__()
        self._chunks: SimpleQueue[bytes | None] = SimpleQueue()
        self._room = BoundedSemaphore(_AHEAD)
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def update(self, chunk: bytes) -> None:
        self._room.acquire()
        self._chunks.put(chunk)
        self._sha256.update(chunk)
        self._size += len(chunk)

    def digests(self) -> Digests:
        self.close()
        return super().digests()

    def close(self) -> None:
        """End the thread, after what it still has to do."""
        self._chunks.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (chunk := self._chunks.get()) is not None:
            self._md5.update(chunk)
            self._room.release()


@contextmanager
def digesting(size: int) -> Iterator[Digester]:
    """Give a digester for about so many bytes; for many it works in two threads."""
    if size < _WORTH_A_THREAD:
        yield Digester()
        return
    digester = _TwoAtOnce()
    try:
        yield digester
    finally:
        digester.close()


def chunks(stream: BinaryIO, *, limit: int | None = None) -> Iterator[bytes]:
    """Yield a stream's bytes in pieces of at most 1 MiB, and stop after ``limit`` bytes."""
    left = limit
    while chunk := stream.read(CHUNK if left is None else min(CHUNK, left)):
        yield chunk
        if left is not None:
            left -= len(chunk)


def digest_stream(stream: BinaryIO) -> Digests:
    """Return the digests of what is left in a stream."""
    digester = Digester()
    for chunk in chunks(stream):
        digester.update(chunk)
    return digester.digests()


def digest_sha256(stream: BinaryIO, *, md5: str) -> Digests:
    """Return the digests of what is left in a stream, of which the md5 is told and not computed."""
    import hashlib

    digest, size = hashlib.sha256(), 0
    for chunk in chunks(stream):
        digest.update(chunk)
        size += len(chunk)
    return Digests(md5, digest.hexdigest(), size)


def digest_file(path: Path) -> Digests:
    """Return the digests of a file.

    :raises OSError: it cannot be read.
    """
    with Path(path).open("rb") as stream:
        return digest_stream(stream)


def digest_bytes(data: bytes) -> Digests:
    """Return the digests of bytes."""
    digester = Digester()
    digester.update(data)
    return digester.digests()
