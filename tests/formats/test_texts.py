from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.formats import ArtifactFacts, inspect
from modelyard.formats.source import HEAD


@pytest.mark.parametrize(
    ("content", "format_name"),
    [
        (b'{"weights": [1, 2]}', "json"),
        (b" \n[1, 2]\n", "json"),
        (b'{"a": 1', "text"),
        (b'"a string"', "text"),
        (b"[" * 100_000 + b"]" * 100_000, "text"),
        (b"[" + b"1" * 5000 + b"]", "json"),
        (b"a: 1\nb: 2\n", "text"),
        ("Maße,Größe\r\n1,2\t\n".encode(), "text"),
        (b"x" * (HEAD - 1) + "é".encode() + b"x", "text"),
        (b"x" * (HEAD - 1) + b"\xc3", "other"),
        (b"a\x00b", "other"),
        (b"\x1b[31mred", "other"),
        (b"caf\xe9", "other"),
        (b"", "other"),
    ],
)
def test_what_is_left_is_json_or_text_or_other(tmp_path: Path, content: bytes, format_name: str) -> None:
    path = tmp_path / "model"
    path.write_bytes(content)

    assert inspect(path) == ArtifactFacts(format_name, None)


@pytest.mark.parametrize(("end", "format_name"), [("]\n", "json"), ("\n", "text")])
def test_large_json_is_judged_by_its_brackets(tmp_path: Path, end: str, format_name: str) -> None:
    path = tmp_path / "model"
    path.write_text("[" + "1," * (5 * 1024 * 1024) + "1" + end, encoding="utf-8")

    assert inspect(path) == ArtifactFacts(format_name, None)
