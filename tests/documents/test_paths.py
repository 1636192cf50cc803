from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.paths import parse_file_name, parse_path
from modelyard.documents.scalars import InvalidScalar

if TYPE_CHECKING:
    from collections.abc import Callable

RELATIVE = "write it relative to this directory, with '/' between names"
PARTS = st.sampled_from(["a", "..", ".", "", ".git", ".GIT ", "b.txt", "é", "\\", "~"]) | st.text(max_size=3)


@pytest.mark.parametrize(
    "text", ["model.joblib", "a/b/c", "...", "..a", ".gitignore", ".github/x", "with space", "modèle", "a:b", "-x"]
)
def test_a_plain_path_is_returned(text: str) -> None:
    assert parse_path(text) == text


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "the path is empty", RELATIVE),
        ("/etc/passwd", "path '/etc/passwd' is absolute", RELATIVE),
        ("..", "path '..' leads out of its directory by '..'", RELATIVE),
        ("a/../b", "path 'a/../b' leads out of its directory by '..'", RELATIVE),
        ("a//b", "path 'a//b' has an empty part", RELATIVE),
        ("a/", "path 'a/' has an empty part", RELATIVE),
        ("./a", "path './a' has an empty part", RELATIVE),
        ("a\\b", "path 'a\\\\b' holds a backslash", RELATIVE),
        ("a\nb", "path 'a\\nb' holds a control or invisible character", "rename the file"),
        ("a\u202eb", "path 'a\\u202eb' holds a control or invisible character", "rename the file"),
        ("mode\u0300le", "path 'mode\u0300le' is not in Unicode form NFC", "rename the file to the composed form"),
        (".git/config", "path '.git/config' leads into Git's own directory", "name a file outside '.git'"),
        ("a/.GiT", "path 'a/.GiT' leads into Git's own directory", "name a file outside '.git'"),
        (".git. /x", "path '.git. /x' leads into Git's own directory", "name a file outside '.git'"),
        ("GIT~1", "path 'GIT~1' leads into Git's own directory", "name a file outside '.git'"),
        (".git::$INDEX", "path '.git::$INDEX' leads into Git's own directory", "name a file outside '.git'"),
        ("a" * 501, f"path '{'a' * 60}'… has 501 characters, at most 500 are allowed", ""),
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidScalar) as raised:
        parse_path(text)
    assert (raised.value.message, raised.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a/b", "'a/b' is not one plain file name"),
        ("a" * 256, f"file name '{'a' * 60}'… has 256 characters, at most 255 are allowed"),
        ("..", "path '..' leads out of its directory by '..'"),
    ],
)
def test_a_file_name_is_a_path_of_one_part(text: str, message: str) -> None:
    with pytest.raises(InvalidScalar) as raised:
        parse_file_name(text)
    assert raised.value.message == message


@given(st.lists(PARTS, max_size=4).map("/".join))
def test_a_parsed_path_stays_below_its_directory(text: str) -> None:
    """parse_path(t) == t implies base/t resolves below base, and spells itself"""
    if accepted(parse_path, text):
        assert str(PurePosixPath(text)) == text
        assert Path("/base", text).resolve().is_relative_to("/base")
        assert ".git" not in (part.lower() for part in PurePosixPath(text).parts)


@given(st.lists(PARTS, max_size=3).map("/".join))
def test_a_file_name_is_always_a_path(text: str) -> None:
    """parse_file_name(t) accepts implies parse_path(t) accepts, and t has one part"""
    if accepted(parse_file_name, text):
        assert accepted(parse_path, text)
        assert PurePosixPath(text).parts == (text,)


def accepted(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except InvalidScalar:
        return False
    return True
