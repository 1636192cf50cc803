from __future__ import annotations

import json as standard

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelyard.documents import json
from modelyard.documents.document import Unreadable, Value
from modelyard.documents.json_scanner import scan
from modelyard.documents.writable import Unwritable
from modelyard.problems import Position
from support.strategies import values

JSON_PIECES = '{ } [ ] , : "a" "b" "\\u0041" "\\q" 1 -0 0.5 1e5 1e999 01 NaN true null nul // "'


def faults(text: str | bytes) -> list[tuple[str, int, int, str, str]]:
    """Return what is wrong, one row per fault."""
    with pytest.raises(Unreadable) as caught:
        json.read(text if isinstance(text, bytes) else text.encode())
    return [
        (fault.kind.name, fault.position.line, fault.position.column, fault.message, fault.hint)
        for fault in caught.value.faults
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            '{"a": [1, -2, 0.5, 1e5, -1.5E-3, true, false, null, "x"]}',
            {"a": [1, -2, 0.5, 1e5, -0.0015, True, False, None, "x"]},
        ),
        (' \t\r\n{ "a" : { } , "b" : [ ] }\n', {"a": {}, "b": []}),
        ('"\\ud83d\\ude00 \\u00e9 \\n\\t\\/"', "😀 é \n\t/"),
        ("123456789012345678", 123456789012345678),
        ("-123456789012345678", -123456789012345678),
        ("[" * 32 + "]" * 32, standard.loads("[" * 32 + "]" * 32)),
    ],
)
def test_plain_documents_are_read(text: str, value: Value) -> None:
    assert repr(json.read(text.encode()).value) == repr(value)


BRACKETS = "check the brackets and quotes before it"
IN_QUOTES = 'write it in double quotes, such as "this"'
NUMBERS = "write numbers as 0.5, -1 or 1e5"
NULL = "write one, such as null"
BACKSLASH = r"write \\ for a backslash"


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("", 1, 1, "the document is empty", "write {} for an empty mapping"),
        (" \n", 1, 1, "the document is empty", "write {} for an empty mapping"),
        ("[1,]", 1, 3, "a comma stands before the closing ']'", "delete the comma"),
        ('{"a": 1,\n}', 1, 8, "a comma stands before the closing '}'", "delete the comma"),
        ("[1,,2]", 1, 4, "a value is missing here", NULL),
        ("[,1]", 1, 2, "a value is missing here", NULL),
        ('{"a": }', 1, 7, "a value is missing here", NULL),
        ('{"a":', 1, 6, "a value is missing here", NULL),
        ("[", 1, 1, "this bracket is never closed", "add a ']'"),
        ('{"a": [1', 1, 7, "this bracket is never closed", "add a ']'"),
        ("{", 1, 1, "this bracket is never closed", "add a '}'"),
        ('{"a": 1,', 1, 1, "this bracket is never closed", "add a '}'"),
        ("[1 2]", 1, 4, "a ',' or ']' is missing here", BRACKETS),
        ('{"a": 1 "b": 2}', 1, 9, "a ',' or '}' is missing here", BRACKETS),
        ("[1}", 1, 3, "a ',' or ']' is missing here", BRACKETS),
        ('{"a" 1}', 1, 6, "a ':' is missing after the key", 'write "key": value'),
        ("{a: 1}", 1, 2, "a key is not a string", IN_QUOTES),
        ("{1: 1}", 1, 2, "a key is not a string", IN_QUOTES),
        ("['a']", 1, 2, "\"'a'\" is not a JSON value", IN_QUOTES),
        ("True", 1, 1, "'True' is not a JSON value", IN_QUOTES),
        ("[01]", 1, 2, "'01' is not a JSON value", NUMBERS),
        ("[+1]", 1, 2, "'+1' is not a JSON value", NUMBERS),
        ("[.5]", 1, 2, "'.5' is not a JSON value", NUMBERS),
        ("[1.]", 1, 2, "'1.' is not a JSON value", NUMBERS),
        ("[0x1f]", 1, 2, "'0x1f' is not a JSON value", NUMBERS),
        ("[١]", 1, 2, "'١' is not a JSON value", IN_QUOTES),
        ("// x\n{}", 1, 1, "JSON has no comments", "delete the comment"),
        ('{"a": 1 /* x */}', 1, 9, "JSON has no comments", "delete the comment"),
        ('{\n  # x\n  "a": 1}', 2, 3, "JSON has no comments", "delete the comment"),
        ("1 2", 1, 3, "the document ends before this", "keep one value in a file"),
        ('{"é": 1}\n]', 2, 1, "the document ends before this", "keep one value in a file"),
        ('"abc', 1, 1, "this quote is never closed", "close it on the same line"),
        ('["a\nb"]', 1, 2, "this quote is never closed", "close it on the same line"),
        ('"x\\', 1, 1, "this quote is never closed", "close it on the same line"),
        ('"a\tb"', 1, 3, "a tab stands in a string", r"write \t"),
        ('"é\\q"', 1, 3, "the escape in this string is unknown", BACKSLASH),
        ('"\\\\\\u12"', 1, 4, "the escape in this string is unknown", BACKSLASH),
    ],
)
def test_what_is_not_json_is_said_in_our_words(text: str, line: int, column: int, message: str, hint: str) -> None:
    assert faults(text) == [("SYNTAX", line, column, message, hint)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '{"a": 1,\n "a": 2}',
            ("DUPLICATE_KEY", 2, 2, "the key 'a' stands twice, first on line 1", "keep one of the two"),
        ),
        (
            '{"a": {"b": 1, "\\u0062": 2}}',
            ("DUPLICATE_KEY", 1, 16, "the key 'b' stands twice, first on line 1", "keep one of the two"),
        ),
        ("[NaN]", ("SYNTAX", 1, 2, "NaN is not a JSON number", "write null, or leave it out")),
        ("[-Infinity]", ("SYNTAX", 1, 2, "-Infinity is not a JSON number", "write null, or leave it out")),
        ("[1e999]", ("LIMIT", 1, 2, "the number '1e999' is too large", "write it as a string in double quotes")),
        (
            "[1234567890123456789]",
            (
                "LIMIT",
                1,
                2,
                "the integer '1234567890123456789' has more than 18 digits",
                "write it as a string in double quotes",
            ),
        ),
        ('["\\ud800"]', ("CHARACTER", 1, 2, "the surrogate U+D800 is not allowed", "write the character itself")),
        (
            '["\\u202e"]',
            ("CHARACTER", 1, 2, "the character U+202E is not allowed: it reorders the text around it", "delete it"),
        ),
        ('["\\b"]', ("CHARACTER", 1, 2, "the control character U+0008 is not allowed", "delete it")),
        ('["\u200b"]', ("CHARACTER", 1, 3, "the invisible character U+200B is not allowed", "delete it")),
        ('["\x00"]', ("CHARACTER", 1, 3, "the control character U+0000 is not allowed", "delete it")),
        (
            "\ufeff{}",
            (
                "CHARACTER",
                1,
                1,
                "the document starts with a byte order mark",
                "save the file as UTF-8 without a byte order mark",
            ),
        ),
    ],
)
def test_what_readers_could_take_differently_is_refused(text: str, fault: tuple[str, int, int, str, str]) -> None:
    assert faults(text) == [fault]


def test_one_pass_finds_every_fault_in_the_order_of_the_text() -> None:
    assert faults('{"a": NaN,\n "a": 1e999,\n "b": "\\u0000",\n "c": [1,]}') == [
        ("SYNTAX", 1, 7, "NaN is not a JSON number", "write null, or leave it out"),
        ("DUPLICATE_KEY", 2, 2, "the key 'a' stands twice, first on line 1", "keep one of the two"),
        ("LIMIT", 2, 7, "the number '1e999' is too large", "write it as a string in double quotes"),
        ("CHARACTER", 3, 7, "the control character U+0000 is not allowed", "delete it"),
        ("SYNTAX", 4, 9, "a comma stands before the closing ']'", "delete the comma"),
    ]


@pytest.mark.parametrize("opening", ["[", '{"a":'], ids=["brackets", "braces"])
def test_nesting_beyond_any_stack_is_refused(opening: str) -> None:
    fault = ("LIMIT", 1, 32 * len(opening) + 1, "the nesting is deeper than 32 levels", "flatten the document")
    assert faults(opening * 100_000) == [fault]
    assert faults("[" * 33 + "]" * 33)[0][3] == fault[3]


def test_the_limits_are_exact() -> None:
    hint = "move large tables into a file of their own"
    assert json.read(b"[" + b"1," * 49_998 + b"1]").value == [1] * 49_999
    assert faults(b"[" + b"1," * 49_999 + b"1]") == [
        ("LIMIT", 1, 100_000, "the document has more than 50,000 keys and values", hint)
    ]
    assert json.read(b"1" + b" " * ((1 << 20) - 1)).value == 1
    assert faults(b"1" + b" " * (1 << 20)) == [
        ("LIMIT", 1, 1, "the document has 1,048,577 bytes, at most 1,048,576 are read", hint)
    ]


def test_many_shallow_collections_are_not_deep() -> None:
    assert json.read(b"[" + b"[],{}," * 40 + b"[]]").value == [*([[], {}] * 40), []]


def test_every_node_has_its_place() -> None:
    document = json.read('{"é": 1.50,\n "list": ["x", {"k": [true]}]}'.encode())
    assert (document.locate(("é",)), document.locate_key(("é",))) == (Position(1, 7), Position(1, 2))
    assert (document.raw(("é",)), document.raw(("list", 0)), document.raw(("list",))) == ("1.50", "x", None)
    assert document.locate(("list", 1, "k", 0)) == Position(2, 23)
    assert document.locate(("list", 1, "z")) == Position(2, 16)


def test_rendering_is_stable_and_readable() -> None:
    value: Value = {"é": [1, 0.5, None], "a": {}, "b": "x\ny"}
    assert (
        json.render(value).decode() == '{\n  "é": [\n    1,\n    0.5,\n    null\n  ],\n  "a": {},\n  "b": "x\\ny"\n}\n'
    )


def test_numbers_that_json_does_not_know_are_not_written() -> None:
    with pytest.raises(Unwritable) as caught:
        json.render({"auc": float("inf")})
    assert caught.value.message == "'auc' is inf, which is not a finite number"
    assert isinstance(caught.value, ValueError)


@given(values)
def test_what_is_rendered_is_read_back(value: Value) -> None:
    """read(render(v)).value == v, types and order of keys included."""
    assert repr(json.read(json.render(value)).value) == repr(value)


@given(
    st.lists(st.sampled_from(JSON_PIECES.split(" ")), max_size=9).map(" ".join)
    | st.text(max_size=8)
    | values.map(standard.dumps)
)
@example('{"a": "]]]]]"}')
def test_the_scanner_agrees_with_the_standard_library(text: str) -> None:
    """What we read, json.loads reads alike; and the scanner, which decides, reads it alike as well."""
    try:
        value = json.read(text.encode()).value
    except Unreadable:
        root, found = scan(text)
        assert root is None or found._found
    else:
        root, found = scan(text)
        assert root is not None
        assert not found._found
        assert repr(value) == repr(root.value) == repr(standard.loads(text))


@given(st.binary())
def test_any_bytes_are_read_or_unreadable(data: bytes) -> None:
    """read(b) returns, or raises Unreadable with at least one fault, for all bytes b."""
    try:
        json.read(data)
    except Unreadable as unreadable:
        assert unreadable.faults  # noqa: PT017  (either way is right)
