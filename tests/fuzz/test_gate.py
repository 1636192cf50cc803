"""What a fuzzer found is never found again, and near misses of documents go through the whole gate."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.fuzzing import PLACES, check, check_encoded, encoded, seeds
from support.strategies import PIECES, yaml_like

FINDINGS = sorted(path for path in (Path(__file__).parent / "findings").iterdir() if path.suffix != ".md")
HOSTILE = st.sampled_from(PIECES).map(lambda piece: piece.encode("utf-8", "surrogatepass"))
SEEDS = list(seeds())


@st.composite
def near_misses(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw a sound document with a few places where something was cut, doubled or put in."""
    place, data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(start + 40, len(data))))
        put = draw(
            st.sampled_from(PIECES).map(lambda piece: piece.encode("utf-8", "surrogatepass")) | st.binary(max_size=4)
        )
        data = data[:start] + draw(st.sampled_from([put, put + data[start:end], data[start:end] * 2])) + data[end:]
    return place, data


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.name)
def test_what_was_found_once_is_judged(path: Path) -> None:
    check_encoded(path.read_bytes())


@pytest.mark.parametrize(("place", "data"), SEEDS, ids=map(str, range(len(SEEDS))))
def test_documents_to_begin_with_are_judged(place: str, data: bytes) -> None:
    check_encoded(encoded(place, data))


@given(near_misses())
@settings(deadline=None)
def test_near_misses_are_judged(document: tuple[str, bytes]) -> None:
    """check(place, bytes) holds for each sound document with a few edits"""
    check(*document)


@given(st.sampled_from(PLACES), st.binary(max_size=200) | yaml_like.map(str.encode))
@settings(deadline=None)
def test_any_bytes_are_judged(place: str, data: bytes) -> None:
    """check(place, bytes) holds for arbitrary bytes, and for what looks like YAML"""
    check(place, data)
