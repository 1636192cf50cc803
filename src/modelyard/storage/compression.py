"""Zstandard, in one pass and a bounded part of the memory, by the standard library or its backport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.errors import DigestMismatch, UsageError
from modelyard.storage.digests import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    class Sink(Protocol):
        """Takes bytes."""

        def write(self, data: bytes, /) -> object: ...


__all__ = ["Decompressor", "compressed"]

_LEVEL = 3
# A frame may ask its reader for a window of any size. This one, 128 MiB, is what the `zstd` command grants.
_LARGEST_WINDOW = 27


def compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield one frame that holds all the pieces: the same frame for the same bytes, by the same library.

    :raises UsageError: the library is not installed.
    """
    library = _library()
    parameter = library.CompressionParameter
    options = {parameter.compression_level: _LEVEL, parameter.checksum_flag: 1}
    compressor = library.ZstdCompressor(options=options)
    for piece in pieces:
        yield compressor.compress(piece)
    yield compressor.flush()


class Decompressor:
    """A sink that hands what it is written on to another, decompressed, a mebibyte at a time.

    :raises UsageError: the library is not installed.
    """

    def __init__(self, sink: Sink) -> None:
        library = _library()
        options = {library.DecompressionParameter.window_log_max: _LARGEST_WINDOW}
        self._error = library.ZstdError
        self._decompressor = library.ZstdDecompressor(options=options)
        self._sink = sink

    def write(self, data: bytes, /) -> int:
        """Take the next bytes.

        :raises DigestMismatch: they are no frame, or stand behind the end of one.
        """
        left = bytes(data)
        while left or not self._decompressor.needs_input:
            if self._decompressor.eof:
                raise _broken("bytes stand behind its end")
            try:
                piece = self._decompressor.decompress(left, max_length=CHUNK)
            except self._error as error:
                raise _broken(str(error)) from error
            left = self._decompressor.unused_data
            self._sink.write(piece)
            if self._decompressor.eof and not left:
                break
        return len(data)

    def flush(self) -> None:
        """Do nothing: whatever can be handed on was."""

    def end(self) -> None:
        """Make sure that the frame has ended.

        :raises DigestMismatch: it has not.
        """
        if not self._decompressor.eof:
            raise _broken("it ends too early")


def _library() -> Any:
    import sys
    from importlib import import_module

    try:
        return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    except ModuleNotFoundError as error:
        message = "Zstandard is not installed, and the artifact is compressed with it"
        raise UsageError(message, hint="pip install 'modelyard[seal]'") from error


def _broken(reason: str) -> DigestMismatch:
    return DigestMismatch(
        f"what is inside cannot be decompressed: {reason}",
        hint="the version was sealed wrongly: do not use it, and tell its owner",
    )
