"""Compressed streams as joblib writes them, decompressed within bounds.

The magic numbers are those of joblib's own detection (``joblib/compressor.py``).
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Protocol, cast

from modelyard.formats.streams import BrokenStream, Stream

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from _typeshed import WriteableBuffer

__all__ = ["compression_of", "decompressed"]

# Enough for every model that states its version before its last array; what lies behind is not read.
_MOST_BYTES = 512 * 1024 * 1024
_MOST_MEMORY = 128 * 1024 * 1024
_CHUNK = 64 * 1024
_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x5d\x00\x00", "lzma"),
    (b"\x04\x22\x4d\x18", "lz4"),
)


class _Engine(Protocol):
    """What the decompressors of the standard library and of lz4 have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def compression_of(head: bytes) -> str | None:
    """Return the compression that a file's first bytes speak of, or None.

    Two bytes prove little: text may start with the magic number of zlib.
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    # RFC 1950: the low bits 8 say deflate, and the first two bytes are a multiple of 31.
    if head[:1] == b"\x78" and int.from_bytes(head[:2], "big") % 31 == 0:
        return "zlib"
    return None


def decompressed(file: BinaryIO, compression: str) -> Stream | None:
    """Return the stream inside a compressed file, or None where this Python cannot read it.

    At most 512 MiB come out of it, and an engine may use at most 128 MiB; reading raises
    BrokenStream on bytes that are not what the magic number promised.
    """
    try:
        engine = _ENGINES[compression]()
    except ImportError:
        return None
    file.seek(0)
    return Stream(io.BufferedReader(_Decompressed(file, engine), _CHUNK), size=None)


class _Decompressed(io.RawIOBase):
    """The output of an engine as a raw file."""

    def __init__(self, file: BinaryIO, engine: _Engine) -> None:
        super().__init__()
        self._file = file
        self._engine = engine
        self._left = _MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        data = self._next(min(len(view), self._left))
        view[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def _next(self, limit: int) -> bytes:
        # Every engine has its own exceptions; whatever it raises, the stream is broken.
        try:
            while limit and not self._engine.eof:
                hungry = self._engine.needs_input
                chunk = self._file.read(_CHUNK) if hungry else b""
                data = self._engine.decompress(chunk, limit)
                if data or (hungry and not chunk):
                    return data
        except Exception as error:
            raise BrokenStream from error
        return b""


class _Zlib:
    """The engine of zlib and gzip, with the manners of the others."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)

    @property
    def eof(self) -> bool:
        return self._engine.eof

    @property
    def needs_input(self) -> bool:
        return not self._engine.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._engine.decompress(self._engine.unconsumed_tail + data, max_length)


def _bz2_engine() -> _Engine:
    import bz2

    return bz2.BZ2Decompressor()


def _lzma_engine() -> _Engine:
    import lzma

    return lzma.LZMADecompressor(memlimit=_MOST_MEMORY)


def _lz4_engine() -> _Engine:
    from lz4.frame import LZ4FrameDecompressor

    return cast("_Engine", LZ4FrameDecompressor())


_ENGINES: dict[str, Callable[[], _Engine]] = {
    "bz2": _bz2_engine,
    "gzip": _Zlib,
    "lz4": _lz4_engine,
    "lzma": _lzma_engine,
    "xz": _lzma_engine,
    "zlib": _Zlib,
}
