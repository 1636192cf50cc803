from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable

import lz4.frame
import pytest

from modelyard.formats import compression as compression_module
from modelyard.formats.compression import compression_of, decompressed
from modelyard.formats.streams import BrokenStream, Stream

CONTENT = bytes(range(256)) * 1000
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "bz2": bz2.compress,
    "gzip": gzip.compress,
    "lz4": lz4.frame.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "xz": lzma.compress,
    "zlib": zlib.compress,
}


def opened(data: bytes, compression: str) -> Stream:
    stream = decompressed(io.BufferedReader(io.BytesIO(data)), compression)
    assert stream is not None
    return stream


@pytest.mark.parametrize("name", COMPRESSORS)
def test_what_was_compressed_comes_out(name: str) -> None:
    data = COMPRESSORS[name](CONTENT)

    stream = opened(data, name)

    assert compression_of(data) == name
    assert stream.read(len(CONTENT)) == CONTENT
    assert stream.at_end


@pytest.mark.parametrize("level", range(10))
def test_zlib_is_known_at_every_level(level: int) -> None:
    assert compression_of(zlib.compress(CONTENT, level)) == "zlib"


@pytest.mark.parametrize("head", [b"", b"x", b"xa", b"BZ", b"\x80\x04", b"{}", b"\x1f"])
def test_other_beginnings_are_not_compressed(head: bytes) -> None:
    assert compression_of(head) is None


@pytest.mark.parametrize("name", COMPRESSORS)
def test_truncated_bytes_end_early(name: str) -> None:
    data = COMPRESSORS[name](CONTENT)

    with pytest.raises(BrokenStream):
        opened(data[: len(data) // 2], name).read(len(CONTENT))


@pytest.mark.parametrize("name", COMPRESSORS)
def test_damaged_bytes_are_broken(name: str) -> None:
    data = COMPRESSORS[name](CONTENT)

    with pytest.raises(BrokenStream):
        opened(data[:6] + b"\xff" * 64, name).read(len(CONTENT))


@pytest.mark.parametrize("name", COMPRESSORS)
def test_no_more_than_the_cap_comes_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression_module, "_MOST_BYTES", 1000)
    stream = opened(COMPRESSORS[name](CONTENT), name)

    assert stream.read(1000) == CONTENT[:1000]
    assert stream.at_end


def test_an_engine_that_asks_for_too_much_memory_is_refused() -> None:
    dictionary = 1 << 29
    header = b"\x5d" + dictionary.to_bytes(4, "little") + b"\xff" * 8

    with pytest.raises(BrokenStream) as caught:
        opened(header + bytes(100), "lzma").read(1)

    assert str(caught.value.__cause__) == "Memory usage limit exceeded"
