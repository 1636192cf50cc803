from __future__ import annotations

import pytest
import yaml as pyyaml
from hypothesis import given

from modelyard.documents import yaml
from modelyard.documents.document import Value
from modelyard.documents.writable import Unwritable
from modelyard.documents.yaml_text import inline, render
from support.strategies import awkward_words, texts, values

RENDERED = """\
schema_version: 1
name: fraud
version: 1.10.0
number: '1.10'
created_at: '2024-01-01T00:00:00Z'
n: 1797
truth: 'no'
empty: ''
nothing: null
fine: true
rate: 1.0e-05
huge: 1.0e+22
spaced: ' x '
colon: 'a: b'
comment: 'a #b'
apostrophe: it's
leading: '''x'
tab: "a\\tb"
url: https://example.org/x?y=1#z
note: |
  first

    second: 3
unfinished: |-
  # not a comment
  b
trailing: "a \\nb"
tags:
  - a
  - - 1
    - 2
  - b: 1
    c:
      - d
  - []
none: {}
'1': one
'on': two
"""

VALUE: Value = {
    "schema_version": 1,
    "name": "fraud",
    "version": "1.10.0",
    "number": "1.10",
    "created_at": "2024-01-01T00:00:00Z",
    "n": 1797,
    "truth": "no",
    "empty": "",
    "nothing": None,
    "fine": True,
    "rate": 1e-05,
    "huge": 1e22,
    "spaced": " x ",
    "colon": "a: b",
    "comment": "a #b",
    "apostrophe": "it's",
    "leading": "'x",
    "tab": "a\tb",
    "url": "https://example.org/x?y=1#z",
    "note": "first\n\n  second: 3\n",
    "unfinished": "# not a comment\nb",
    "trailing": "a \nb",
    "tags": ["a", [1, 2], {"b": 1, "c": ["d"]}, []],
    "none": {},
    "1": "one",
    "on": "two",
}


def test_a_document_reads_as_a_person_would_write_it() -> None:
    assert render(VALUE).decode() == RENDERED
    assert repr(yaml.read(RENDERED.encode()).value) == repr(VALUE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}\n"),
        ([], "[]\n"),
        (None, "null\n"),
        ("x", "x\n"),
        ("---", "'---'\n"),
        ("...", "'...'\n"),
        ("a\nb", "|-\n  a\n  b\n"),
        ([[], {}, ""], "- []\n- {}\n- ''\n"),
        (-0.0, "-0.0\n"),
    ],
)
def test_any_value_can_be_the_whole_document(value: Value, text: str) -> None:
    assert render(value).decode() == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, "x, y", {}], "b c": "https://example.org"}, "{a: [1, 'x, y', {}], b c: 'https://example.org'}"),
        (["a\nb", None, 0.5], '["a\\nb", null, 0.5]'),
        ({"n": "n"}, "{n: 'n'}"),
    ],
)
def test_on_one_line_collections_stand_in_brackets(value: Value, text: str) -> None:
    assert inline(value) == text
    assert yaml.read(text.encode()).value == value


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        (float("nan"), "the value is nan, which is not a finite number", "leave it out"),
        ({"a": [float("-inf")]}, "'a.0' is -inf, which is not a finite number", "leave it out"),
        ({"a": 10**18}, "'a' is an integer of more than 18 digits", "write it as text"),
        (
            {"a": "x\u202ey"},
            "'a' cannot be written: the character U+202E is not allowed: it reorders the text around it",
            "delete it",
        ),
        ({"a\x00": 1}, "the value cannot be written: the control character U+0000 is not allowed", "delete it"),
        (
            {"k" * 1001: 1},
            f"the key '{'k' * 20}'… has more than 1000 characters",
            "use a short key",
        ),
        (
            [1] * 50_000,
            "the document has more than 50,000 keys and values",
            "move large tables into a file of their own",
        ),
        (
            "x" * (1 << 20),
            "the document has 1,048,577 bytes, at most 1,048,576 are read",
            "move large tables into a file of their own",
        ),
    ],
    ids=["nan", "infinity", "digits", "bidi", "control", "long key", "nodes", "bytes"],
)
def test_what_could_not_be_read_back_is_not_written(value: Value, message: str, hint: str) -> None:
    with pytest.raises(Unwritable) as caught:
        render(value)
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert isinstance(caught.value, ValueError)


def test_a_value_inside_itself_is_not_written() -> None:
    value: list[Value] = []
    value.append(value)
    with pytest.raises(Unwritable) as caught:
        render(value)
    assert caught.value.message == "the nesting is deeper than 32 levels"


def test_32_levels_are_written_and_no_more() -> None:
    value: Value = "x"
    for _ in range(32):
        value = [value]
    assert yaml.read(render(value)).value == value
    with pytest.raises(Unwritable) as caught:
        render([value])
    assert caught.value.message == "the nesting is deeper than 32 levels"


def test_types_that_documents_do_not_know_are_not_written() -> None:
    with pytest.raises(Unwritable) as caught:
        render({"a": {1, 2}})  # type: ignore[dict-item]
    assert caught.value.message == "'a' is a set, which no document can hold"
    with pytest.raises(Unwritable) as caught:
        render({"a": {1: 2}})  # type: ignore[dict-item]
    assert caught.value.message == "'a' has the key '1', which is not a string"


@given(values)
def test_what_is_rendered_is_read_back(value: Value) -> None:
    """read(render(v)).value == v, types and order of keys included."""
    assert repr(yaml.read(render(value)).value) == repr(value)


@given(values)
def test_a_reader_of_yaml_1_1_reads_the_same(value: Value) -> None:
    """PyYAML's safe loader agrees with ours on everything that is rendered."""
    assert repr(pyyaml.load(render(value).decode(), Loader=pyyaml.CSafeLoader)) == repr(value)


@given(values)
def test_one_line_is_read_back_too(value: Value) -> None:
    """read(inline(v)).value == v."""
    assert repr(yaml.read(inline(value).encode()).value) == repr(value)


@given(awkward_words | texts)
def test_text_stays_text_in_every_place(text: str) -> None:
    """A string is the same string as the document, a key, a value and an item."""
    places: list[Value] = [text, {text: text}, [text], [{text: [text]}]]
    for value in places:
        assert yaml.read(render(value)).value == value
