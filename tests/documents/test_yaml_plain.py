"""What is read line by line is what the strict reader would say, and nothing that it would refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.documents.document import Value
from modelyard.documents.yaml_plain import NotPlain, read_plain
from modelyard.documents.yaml_strict import _judge
from modelyard.documents.yaml_text import render
from support.strategies import documents, yaml_like

TESTS = Path(__file__).parents[1]
PATTERNS = ("cases/**/*.yaml", "cases/**/*.dvc", "corpus/*/valid/*.yaml")
DOCUMENTS = sorted(path for pattern in PATTERNS for path in TESTS.glob(pattern) if path.is_file())

PIECES = (
    *(
        "a",
        "b:",
        "c: ",
        "- ",
        "-",
        "  ",
        " ",
        "\n",
        "\n",
        "\n  ",
        "\n- ",
        "\n  - ",
        "1",
        "1.0.0",
        "012",
        "no",
        "null",
        "y",
    ),
    *(
        ": ",
        ":",
        "#",
        " # x",
        "'",
        '"',
        "''",
        "'x'",
        '"y"',
        "[a, b]",
        "[",
        "]",
        "{",
        "?",
        "? ",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
    ),
    *("<<", "---", "...", "%", "~", "=", "@", "`", "-1", "12:30", "2026-01-01", "http://x/y", "\\", "(", ",", ", "),
)


def quick(text: str) -> object:
    try:
        return ("read", read_plain(text))
    except NotPlain:
        return None


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_documents_read_alike(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    found = quick(text)
    assert found is None or found == ("read", _judge(text))


@settings(max_examples=200, deadline=None)
@given(st.one_of(yaml_like, st.lists(st.sampled_from(PIECES), max_size=14).map("".join)))
def test_texts_of_all_sorts_read_alike_or_not_at_all(text: str) -> None:
    found = quick(text)
    if found is not None:
        wanted = _judge(text)
        assert repr(found) == repr(("read", wanted))


@settings(deadline=None)
@given(documents)
def test_what_we_write_is_read_alike_or_not_at_all(value: dict[str, Value]) -> None:
    text = render(value).decode()
    found = quick(text)
    assert found is None or repr(found) == repr(("read", value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\nb:\n  c: x y\n  d:\n", {"a": 1, "b": {"c": "x y", "d": None}}),
        ("a:\n- 1\n- b: 2\n  c: 'no'\n-  d\n", None),
        ("a:\n- 1\n- b: 2\n  c: 'no'\nd: \"x\"\n", {"a": [1, {"b": 2, "c": "no"}], "d": "x"}),
        ("a:\n  - - b\n", None),
        ("- a\n- b:\n  - c\n- e\n", ["a", {"b": ["c"]}, "e"]),
        ("# why\n\n'a': [x, 1, z]\n", {"a": ["x", 1, "z"]}),
        ("a: b\n  c\n", None),
        ("a: b: c\n", None),
        ("a: no\n", None),
        ("a: [x, y]\n", None),
        ("a: 1\na: 2\n", None),
        ("a: 1 # why\n", None),
        ("a: ''\n", {"a": ""}),
        ("a: 'it''s'\n", None),
        ('a: "x\\n"\n', None),
        ("a: b ", None),
        ("", None),
    ],
)
def test_the_grammar_is_narrow(text: str, value: object) -> None:
    assert quick(text) == (None if value is None else ("read", value))


def test_the_usual_documents_are_read_quickly() -> None:
    documents = [path.read_text("utf-8") for path in (TESTS / "cases" / "_valid").rglob("*.yaml")]
    assert [text for text in documents if quick(text) is None] == []


def test_documents_with_the_same_line_have_lists_of_their_own() -> None:
    first, second = read_plain("a: [x]\n"), read_plain("a: [x]\n")
    assert isinstance(first, dict)
    assert isinstance(first["a"], list)
    first["a"].append("y")
    assert second == read_plain("a: [x]\n") == {"a": ["x"]}
