from __future__ import annotations

import io

import pytest

from modelyard.formats.streams import KEPT, BrokenStream, Stream


@pytest.fixture(params=["seeking", "reading"])
def by_seeking(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "seeking")


def stream_of(content: bytes, *, by_seeking: bool = True) -> Stream:
    return Stream(io.BufferedReader(io.BytesIO(content)), size=len(content) if by_seeking else None)


def test_reading_is_exact(by_seeking: bool) -> None:
    stream = stream_of(b"abcdef", by_seeking=by_seeking)

    assert stream.read(4) == b"abcd"
    with pytest.raises(BrokenStream):
        stream.read(3)


def test_of_much_only_the_end_is_kept(by_seeking: bool) -> None:
    stream = stream_of(bytes(200_000) + b"end" + b"after", by_seeking=by_seeking)

    assert stream.read_end(200_003) == bytes(KEPT - 3) + b"end"
    assert stream.read(5) == b"after"


def test_of_little_everything_is_kept(by_seeking: bool) -> None:
    assert stream_of(b"abc", by_seeking=by_seeking).read_end(2) == b"ab"


def test_of_a_long_line_only_the_start_is_kept() -> None:
    stream = stream_of(b"start" + b"x" * 200_000 + b"\nafter\n")

    assert stream.read_line() == b"start" + b"x" * (KEPT - 5)
    assert stream.read_line() == b"after"
    assert stream.at_end


@pytest.mark.parametrize("content", [b"", b"abc", b"x" * 200_000])
def test_a_line_without_an_end_is_broken(content: bytes) -> None:
    with pytest.raises(BrokenStream):
        stream_of(content).read_line()


def test_passing_over_more_than_there_is_is_broken(by_seeking: bool) -> None:
    stream = stream_of(b"abc", by_seeking=by_seeking)
    stream.skip(3)
    assert stream.at_end

    with pytest.raises(BrokenStream):
        stream.skip(1)
