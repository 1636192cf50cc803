from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.portable import folded, is_device, repaired, why_not_portable


@pytest.mark.parametrize("name", ["con", "CON", "aux.json", "nul.tar.gz", "Com1", "lpt9.txt", "com²", "con .x"])
def test_devices_of_windows_are_told_whatever_follows_their_dot(name: str) -> None:
    assert is_device(name)


@pytest.mark.parametrize("name", ["", "console", "com", "com10", "lpt", "con-1.0.0", "my.con", "nulls.txt"])
def test_names_that_begin_like_a_device_are_none(name: str) -> None:
    assert not is_device(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Model.joblib", "model.joblib"), ("RÉSUMÉ", "re\u0301sume\u0301"), ("straße", "STRASSE"), ("K", "k")],
)
def test_names_that_some_file_system_takes_for_one_fold_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    "name", ["model.joblib", ".gitignore", "модель.onnx", "größe.csv", "日本.txt", "x" * 255, "a b"]
)
def test_names_that_hold_everywhere_are_fine(name: str) -> None:
    assert why_not_portable(name) is None


@pytest.mark.parametrize(
    ("name", "clause", "better"),
    [
        ("aux.json", "is the device AUX to Windows, which makes no such file", "the-aux.json"),
        ("a:b", "holds ':', which Windows allows in no name", "a-b"),
        ("a\\b", r"holds '\\', which Windows allows in no name", "a-b"),
        ("notes.", "ends with '.', which Windows drops", "notes"),
        ("notes ", "ends with ' ', which Windows drops", "notes"),
        ("-rf", "starts with '-', which commands take for an option", "rf"),
        ("a\nb", "holds the control character U+000A", "ab"),
        ("a\u200bb", "holds the invisible character U+200B ZERO WIDTH SPACE", "ab"),
        ("a\udcff", "holds the byte 0xff, which is not UTF-8", "a"),
        ("e\u0301", "is not in Unicode's form NFC, so macOS and Linux do not agree on its bytes", "é"),
        ("mоdel", "holds U+043E CYRILLIC SMALL LETTER O, which looks like 'o'", "model"),
        ("ｍ", "holds U+FF4D FULLWIDTH LATIN SMALL LETTER M, which looks like 'm'", "m"),
        ("x" * 256, "has 256 bytes, and file systems hold at most 255", None),
        ("é" * 128, "has 256 bytes, and file systems hold at most 255", None),
        ("..", "is a name that Git checks out on no system", None),
        (".GIT", "is a name that Git checks out on no system", None),
        ("\n", "holds the control character U+000A", None),
    ],
)
def test_a_name_that_does_not_hold_everywhere_is_told_why_and_what_is_near(
    name: str, clause: str, better: str | None
) -> None:
    assert (why_not_portable(name), repaired(name)) == (clause, better)


@given(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=30))
def test_what_is_suggested_is_always_portable(name: str) -> None:
    better = repaired(name)
    assert better is None or (better != name and why_not_portable(better) is None)
