"""Files sealed and opened: compressed, then encrypted, in one pass; and back, never beyond what is recorded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.documents.sealed import Sealed
from modelyard.errors import DigestMismatch, ModelyardError
from modelyard.storage.cache import open_source
from modelyard.storage.compression import Decompressor, compressed
from modelyard.storage.digests import CHUNK, chunks
from modelyard.storage.encryption import count_recipients, decrypt, encrypt, identities
from modelyard.storage.progress import SILENT
from modelyard.storage.writing import require_space

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from modelyard.documents.sealed import Steps
    from modelyard.storage.compression import Sink
    from modelyard.storage.progress import Progress

__all__ = ["open_sealed", "seal", "seal_file", "stated_wrongly"]


def seal(source: BinaryIO, sink: Sink, steps: Steps, *, progress: Progress = SILENT) -> Sealed:
    """Write a stream to the sink, sealed by the steps, and return what is inside.

    :raises UsageError: a library is not installed.
    """
    tally = _Tally()
    pieces = _counted(source, tally, progress)
    pieces = compressed(pieces) if steps.compression else pieces
    if steps.recipients:
        encrypt(_Reader(pieces), sink, steps.recipients)
    else:
        for piece in pieces:
            sink.write(piece)
    return Sealed(tally.sha256(), tally.size, steps)


def seal_file(path: Path, target: Path, steps: Steps, *, progress: Progress = SILENT) -> Sealed:
    """Write a file to another path, sealed, and return what is inside.

    :raises UsageError: it is no regular file, or a library is not installed.
    :raises OSError: the disk refuses.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_source(path) as source, target.open("wb") as sink:
        size = os.fstat(source.fileno()).st_size
        require_space(target.parent, size, what=f"the sealed copy of {path}")
        return seal(source, sink, steps, progress=progress)


def open_sealed(source: BinaryIO, sink: Sink, sealed: Sealed) -> None:
    """Write what is inside a sealed file to the sink, which has to throw it away where this raises.

    At most one piece more than the recorded size is unpacked, whatever the file says of itself.

    :raises DigestMismatch: something else is inside than was recorded.
    :raises NotFinished: it is encrypted, and no identity at hand opens it.
    :raises UsageError: a library is not installed, or the identity is none.
    """
    last = _Bounded(sink, sealed)
    first = Decompressor(last) if sealed.steps.compression else last
    if sealed.steps.recipients:
        decrypt(source, first, identities())
    else:
        for chunk in chunks(source):
            first.write(chunk)
    if isinstance(first, Decompressor):
        first.end()
    found = last.tally
    if (found.sha256(), found.size) != (sealed.sha256, sealed.size):
        raise _other(sealed, f"{found.size} bytes with sha256 {found.sha256()}")


def stated_wrongly(source: BinaryIO, sealed: Sealed) -> str | None:
    """Return how a sealed file, at its first byte, is other than stated; None where it is not, as far as can be told.

    For whom it is encrypted can only be counted, and what is inside is seen by those alone who can open it.
    """
    head = source.read(CHUNK)
    recipients = sealed.steps.recipients
    count = count_recipients(head) if recipients else 0
    if count is None:
        return "it is no file of age"
    if count != len(recipients):
        return f"it is encrypted for {count} of age's recipients, and not for {len(recipients)}"
    source.seek(0)
    try:
        open_sealed(source, _Nowhere(), sealed)
    except DigestMismatch as mismatch:
        return mismatch.message
    except ModelyardError:
        return None
    return None


class _Nowhere:
    """Forgets what it is written."""

    def write(self, data: bytes, /) -> int:
        return len(data)


class _Reader:
    """Gives pieces as a file does."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def read(self, size: int, /) -> bytes:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left = memoryview(piece)
        taken, self._left = self._left[:size], self._left[size:]
        return taken.tobytes()


class _Tally:
    """Knows the sha256 and the number of bytes that passed by. Their md5 would be no object's name."""

    def __init__(self) -> None:
        import hashlib

        self._digest = hashlib.sha256()
        self.size = 0

    def update(self, piece: bytes) -> None:
        self._digest.update(piece)
        self.size += len(piece)

    def sha256(self) -> str:
        return self._digest.hexdigest()


class _Bounded:
    """Hands on what is inside, and stops where it is more than was recorded."""

    def __init__(self, sink: Sink, sealed: Sealed) -> None:
        self._sink = sink
        self._sealed = sealed
        self.tally = _Tally()

    def write(self, data: bytes, /) -> int:
        if self.tally.size + len(data) > self._sealed.size:
            raise _other(self._sealed, f"more than {self._sealed.size} bytes")
        piece = bytes(data)
        self.tally.update(piece)
        self._sink.write(piece)
        return len(piece)

    def flush(self) -> None:
        """Do nothing: everything was handed on."""


def _counted(source: BinaryIO, tally: _Tally, progress: Progress) -> Iterator[bytes]:
    for chunk in chunks(source):
        tally.update(chunk)
        progress.advance(len(chunk))
        yield chunk


def _other(sealed: Sealed, found: str) -> DigestMismatch:
    expected = f"expected {sealed.size} bytes with sha256 {sealed.sha256}"
    return DigestMismatch(
        f"what is inside is not what was reviewed: {expected}, found {found}",
        hint="the version was sealed wrongly: do not use it, and tell its owner",
    )
