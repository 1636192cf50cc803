"""What a fuzzer found is never found again, and near misses of documents go through the whole gate."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.reports import text
from modelyard.rules.engine import judge
from modelyard.snapshot import Snapshot
from modelyard.tree import Kind, MemoryTree
from support.cases import valid_files
from support.fuzzing import PLACES, assert_shown, check, check_encoded, encoded, seeds
from support.names import versions
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


def is_a_name(text: str) -> bool:
    """Whether Git could give the text: what is no UTF-8 in its bytes are lone surrogates of one range."""
    return text not in (".", "..") and not any(
        "\ud800" <= each < "\udc80" or "\udcff" < each <= "\udfff" for each in text
    )


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=()), min_size=1, max_size=12).filter(
    is_a_name
)
FOLDERS = st.sampled_from(
    ["", "models/", "stages/", "stages/production/", "archive/", "fraud-1.1.0/", "fraud-1.1.0/x/"]
)
KINDS = st.sampled_from([Kind.FILE, Kind.EXECUTABLE, Kind.SYMLINK])
PATHS = st.builds("model_registry/{}{}".format, FOLDERS, NAMES | versions.map("fraud-{}".format))


@given(st.dictionaries(PATHS, KINDS, max_size=6))
@settings(deadline=None)
def test_entries_with_any_name_are_judged(kinds: dict[str, Kind]) -> None:
    """every entry that a registry does not know is refused, on lines that a terminal can show"""
    taken = "\n".join((*valid_files(), *kinds))
    odd = {path: kind for path, kind in kinds.items() if path not in valid_files() and f"{path}/" not in taken}
    snapshot = Snapshot(MemoryTree({**dict.fromkeys(odd, b"x"), **valid_files()}, kinds=odd))
    judgement = judge(snapshot, snapshot.version_ids)
    assert_shown(text.render(judgement))
    told = {problem.path for problem in judgement.problems}
    assert {path for path in odd if path not in told and "/LICENSE" not in path} == set()
