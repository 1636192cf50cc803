from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.git.formats import (
    Algorithm,
    TreeEntry,
    decode_path,
    empty_tree_id,
    encode_path,
    object_id,
    parse_tree,
    render_tree,
    zero_id,
)

MODES = {"100644": "blob", "100755": "blob", "120000": "blob", "040000": "tree", "160000": "commit"}
NAMES = st.binary(min_size=1, max_size=12).filter(lambda name: not set(name) & {0, 0x2F}).map(decode_path)


@st.composite
def tree_entries(draw: st.DrawFn, digits: int = 40) -> list[TreeEntry]:
    names = draw(st.lists(NAMES, unique=True, max_size=8))
    modes = st.sampled_from(sorted(MODES))
    ids = st.text("0123456789abcdef", min_size=digits, max_size=digits)
    return [TreeEntry(name, mode, MODES[mode], draw(ids)) for name in names for mode in [draw(modes)]]  # type: ignore[arg-type]


@given(tree_entries())
def test_a_tree_reads_back_as_it_was_rendered(entries: list[TreeEntry]) -> None:
    assert sorted(parse_tree(render_tree(entries))) == sorted(entries)


@given(tree_entries(digits=64))
def test_a_tree_of_a_sha256_repository_reads_back(entries: list[TreeEntry]) -> None:
    assert sorted(parse_tree(render_tree(entries), "sha256")) == sorted(entries)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_tree_or_a_value_error(raw: bytes) -> None:
    try:
        entries = parse_tree(raw)
    except ValueError:
        return
    assert len(render_tree(entries)) <= len(raw)


@given(st.binary(max_size=40))
def test_any_path_survives_decoding(raw: bytes) -> None:
    assert encode_path(decode_path(raw)) == raw


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"100644 a\0" + b"x" * 19, "the bytes are not a tree object"),
        (b"100644 a/b\0" + b"x" * 20, "the bytes are not a tree object"),
        (b"100644 \0" + b"x" * 20, "the bytes are not a tree object"),
        (b"10064z a\0" + b"x" * 20, "the bytes are not a tree object"),
        (b"100644 a\0" + b"x" * 20 + b"!", "the bytes are not a tree object"),
        (2 * (b"100644 a\0" + b"x" * 20), "a name occurs twice in the tree object"),
    ],
)
def test_a_malformed_tree_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is judged below
        parse_tree(raw)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("sha1", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
        ("sha256", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"),
    ],
)
def test_the_empty_tree_has_the_id_that_git_knows(algorithm: Algorithm, expected: str) -> None:
    assert empty_tree_id(algorithm) == expected
    assert len(zero_id(algorithm)) == len(expected)


def test_a_blob_has_the_id_that_git_gives() -> None:
    assert object_id("blob", b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"
