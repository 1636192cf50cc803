"""Digests of bytes: the registry's sha256 and DVC's md5, computed in one pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CHUNK", "Digester", "Digests", "chunks", "digest_bytes", "digest_file", "digest_stream"]

CHUNK = 1 << 20


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
