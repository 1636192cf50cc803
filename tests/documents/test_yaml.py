from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents import yaml
from modelyard.documents.document import Fault, FaultKind, Unreadable, Value
from modelyard.documents.yaml_engines import FASTEST, PURE, Engine
from modelyard.documents.yaml_text import render
from modelyard.problems import Position
from support.strategies import documents, yaml_like

ENGINES = pytest.mark.parametrize("engine", [FASTEST, PURE], ids=["fastest", "pure"])


def faults(data: bytes, engine: Engine) -> list[tuple[str, int, int, str, str]]:
    """Return what is wrong, one row per fault."""
    with pytest.raises(Unreadable) as caught:
        yaml._read(data, engine)
    return [
        (fault.kind.name, fault.position.line, fault.position.column, fault.message, fault.hint)
        for fault in caught.value.faults
    ]


def verdict(data: bytes, engine: Engine) -> tuple[str, object] | tuple[Fault, ...]:
    """Return value and places, or faults; values as text, since 1 and true are not the same here."""
    try:
        document = yaml._read(data, engine)
    except Unreadable as unreadable:
        return unreadable.faults
    return repr(document.value), dict(document._all_marks())


def disagreement(word: str, some: str = "a number", others: str = "text") -> tuple[str, str, str]:
    message = f"YAML readers do not agree on what '{word}' means: {some} to some, {others} to others"
    return "AMBIGUOUS", message, f"quote it: '{word}'"


@ENGINES
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# only a comment\n", None),
        ("---\n", None),
        ("a:\nb: null\n", {"a": None, "b": None}),
        ("a: true\nb: false\n", {"a": True, "b": False}),
        ("a: 0\nb: -12\nc: 123456789012345678\n", {"a": 0, "b": -12, "c": 123456789012345678}),
        ("a: 0.5\nb: -1.0e+3\nc: 2.5E-7\n", {"a": 0.5, "b": -1000.0, "c": 2.5e-7}),
        ("a: 1.2.3\nb: 1.0.0-rc.1+5\nc: v1\n", {"a": "1.2.3", "b": "1.0.0-rc.1+5", "c": "v1"}),
        ("a: 9f8e7d\nb: northern\nc: yesterday\n", {"a": "9f8e7d", "b": "northern", "c": "yesterday"}),
        ("a: 'no'\nb: \"012\"\n", {"a": "no", "b": "012"}),
        ("a: [x, {b: 1}, []]\n", {"a": ["x", {"b": 1}, []]}),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", {"a": "x\ny\n", "b": "x y"}),
        ("a: 1\r\nb: |\r\n  x\r\n  y\r\n", {"a": 1, "b": "x\ny\n"}),
        ("a: 'one\ttab'  #\tand one\n", {"a": "one\ttab"}),
        ("a: https://example.org/x?y=1\n", {"a": "https://example.org/x?y=1"}),
        ("n: 1\nY: {y: 2, N: 3}\n", {"n": 1, "Y": {"y": 2, "N": 3}}),
        ("é: 日本 😀\n", {"é": "日本 😀"}),
        ('a: "\\x41\\u00e9\\n"\n', {"a": "Aé\n"}),
    ],
)
def test_plain_documents_are_read(text: str, value: Value, engine: Engine) -> None:
    assert repr(yaml._read(text.encode(), engine).value) == repr(value)


AMBIGUOUS = {
    "a number": "09 00 0X1F 0x1f 0o17 0b11 1_000 +1 1. .5 -.5 1e5 1E+5 12e4567 1.5e3 1_0.5 1:30.5 .inf -.INF +.Inf",
    "true": "yes Yes on On y Y TRUE True",
    "false": "no No NO off Off n N False",
    "nothing": "~ Null NULL",
    "a default": "=",
    "a merge key": "<<",
    "not a number": ".nan .NaN",
    "a date": "2024-01-01 2024-1-1 2024-01-01T10:00:00Z",
    "45045": "12:30:45",
    "90": "01:30",
    "5": "0:5",
    "41113830": "190:20:30:30",
    "-90": "-1:30",
}
OCTAL = {"012": ("10", "12"), "-012": ("-10", "-12"), "0_17": ("15", "17")}


@ENGINES
@pytest.mark.parametrize(("some", "words"), AMBIGUOUS.items())
def test_a_scalar_that_readers_do_not_agree_on_must_be_quoted(some: str, words: str, engine: Engine) -> None:
    for word in words.split():
        kind, message, hint = disagreement(word, some)
        assert faults(f"a: {word}\n".encode(), engine) == [(kind, 1, 4, message, hint)]
        assert yaml._read(f"a: '{word}'\n".encode(), engine).value == {"a": word}


@ENGINES
@pytest.mark.parametrize(("word", "meanings"), OCTAL.items())
def test_a_number_with_a_leading_zero_is_told_as_both_readers_take_it(
    word: str, meanings: tuple[str, str], engine: Engine
) -> None:
    kind, message, hint = disagreement(word, *meanings)
    assert faults(f"a: {word}\n".encode(), engine) == [(kind, 1, 4, message, hint)]
    assert yaml._read(f"a: '{word}'\n".encode(), engine).value == {"a": word}


@ENGINES
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: !!str 1\n", ("FEATURE", 1, 4, "the tag '!!str' is not allowed", "delete it")),
        ("a: ! x\n", ("FEATURE", 1, 4, "the tag '!' is not allowed", "delete it")),
        ("!a: []\n", ("FEATURE", 1, 1, "the tag '!a:' is not allowed", "delete it")),
        ("- !a [[], {}]\n", ("FEATURE", 1, 3, "the tag '!a' is not allowed", "delete it")),
        (
            "!!python/object/apply:os.system [ls]\n",
            ("FEATURE", 1, 1, "the tag '!!python/object/apply:os.system' is not allowed", "delete it"),
        ),
        ("a: !!binary eA==\n", ("FEATURE", 1, 4, "the tag '!!binary' is not allowed", "delete it")),
        ("a: !x!y z\n", ("FEATURE", 1, 4, "tags are not allowed", "delete the tag")),
        ("a: &b 1\n", ("FEATURE", 1, 4, "the anchor '&b' is not allowed", "delete it")),
        ("a: [&b {}]\n", ("FEATURE", 1, 5, "the anchor '&b' is not allowed", "delete it")),
        ("a: *b\n", ("FEATURE", 1, 4, "the alias '*b' is not allowed", "repeat the value")),
        ("<<: {a: 1}\n", ("FEATURE", 1, 1, "the merge key '<<' is not allowed", "write the keys out")),
        ("a: 1\n---\nb: 2\n", ("FEATURE", 2, 1, "a second document starts here", "keep one document in a file")),
        ("%YAML 1.1\n---\na: 1\n", ("FEATURE", 1, 1, "the directive '%YAML' is not allowed", "delete the line")),
        (
            "%TAG ! tag:example.org,2000:\n---\na: 1\n",
            ("FEATURE", 1, 1, "the directive '%TAG' is not allowed", "delete the line"),
        ),
        ("%FOO\n---\na: 1\n", ("FEATURE", 1, 1, "the directive '%FOO' is not allowed", "delete the line")),
        ("1: a\n", ("FEATURE", 1, 1, "the key '1' is not a string", "quote it: '1'")),
        ("true: a\n", ("FEATURE", 1, 1, "the key 'true' is not a string", "quote it: 'true'")),
        ("{? , b: 1}\n", ("FEATURE", 1, 3, "the key indicator '?' is not allowed", "quote the '?', or delete it")),
        ("? \n: a\n", ("FEATURE", 1, 2, "the key '' is empty", "quote it, or name it")),
        ("null: a\n", ("FEATURE", 1, 1, "the key 'null' is empty", "quote it, or name it")),
        ("? [a]\n: b\n", ("FEATURE", 1, 3, "a key is a list or a mapping", "use a string as the key")),
        ("{{a: 1}: b}\n", ("FEATURE", 1, 2, "a key is a list or a mapping", "use a string as the key")),
        ("[?a]\n", ("FEATURE", 1, 3, "the key indicator '?' is not allowed", "quote the '?', or delete it")),
        (
            "a: 1\nb: 2\na: 3\n",
            ("DUPLICATE_KEY", 3, 1, "the key 'a' stands twice, first on line 1", "keep one of the two"),
        ),
        (
            "x:\n  a: 1\n  'a': 2\n",
            ("DUPLICATE_KEY", 3, 3, "the key 'a' stands twice, first on line 2", "keep one of the two"),
        ),
        ("no: a\n", ("AMBIGUOUS", 1, 1, *disagreement("no", "false")[1:])),
        (
            "a: 1234567890123456789\n",
            (
                "LIMIT",
                1,
                4,
                "the integer '1234567890123456789' has more than 18 digits",
                "quote it: '1234567890123456789'",
            ),
        ),
        ("a: 1.0e+999\n", ("LIMIT", 1, 4, "the number '1.0e+999' is too large", "quote it: '1.0e+999'")),
    ],
)
def test_what_readers_could_take_differently_is_refused(
    text: str, fault: tuple[str, int, int, str, str], engine: Engine
) -> None:
    assert faults(text.encode(), engine) == [fault]


ALIGN = "align the keys of one mapping, and the items of one list, in one column"
COLON = "quote the value that holds it, or check the indentation and the space after each ':'"
BRACKETS = "check the brackets and quotes before it"
QUOTE = "quote the value, for example 'a value'"


@ENGINES
@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("a:\n\t- b\n", 2, 1, "a tab stands where only spaces may stand", "write spaces instead of the tab"),
        ("a:\t1\n", 1, 3, "a tab stands where only spaces may stand", "write spaces instead of the tab"),
        ("a: b: c\n", 1, 5, "a ':' stands where no key can end", COLON),
        ("a:1\nb: 2\n", 2, 2, "a ':' stands where no key can end", COLON),
        ("a: [1\n", 1, 4, "this bracket is never closed", "add a ']'"),
        ("a: {b: 1\n", 1, 4, "this bracket is never closed", "add a '}'"),
        ("a: [[1] b]\n", 1, 9, "a ',' or ']' is missing here", BRACKETS),
        ("a: {b: [] c}\n", 1, 11, "a ',' or '}' is missing here", BRACKETS),
        ("a: 'b\n", 1, 4, "this quote is never closed", "close it"),
        ('a: "b\n', 1, 4, "this quote is never closed", "close it"),
        ("'a\n---\nb'\n", 1, 1, "this quote is never closed", "close it"),
        ("a: @b\n", 1, 4, "a value cannot start with '@'", QUOTE),
        ("a: `b`\n", 1, 4, "a value cannot start with '`'", QUOTE),
        ("a: %b\n", 1, 4, "a value cannot start with '%'", QUOTE),
        ('a: "\\q"\n', 1, 6, "the escape in this double-quoted text is unknown", r"write \\ for a backslash"),
        ('a: "\\u12"\n', 1, 7, "the escape in this double-quoted text is unknown", r"write \\ for a backslash"),
        ('a: "\\U00110000"\n', 1, 7, "the escape in this double-quoted text is unknown", r"write \\ for a backslash"),
        ('a: "\\UFFFFFFFF"\n', 1, 7, "the escape in this double-quoted text is unknown", r"write \\ for a backslash"),
        ("- a\nb: c\n", 2, 1, "the indentation does not fit the lines above", ALIGN),
        ("a:\n  - b\n c: 1\n", 3, 2, "the indentation does not fit the lines above", ALIGN),
        ("a: - b\n", 1, 4, "a list item cannot start here", "start the list on the line after its key"),
        ("{: a}\n", 1, 2, "a value is missing here", "write one, or quote it"),
        (": a\n", 1, 1, "the indentation does not fit the lines above", ALIGN),
        ("a: ]\n", 1, 4, "a value is missing here", "write one, or quote it"),
        ("a: | b\n  c\n", 1, 6, "only a comment may stand on this line", "start the text below it"),
        ("a: |#b\n  c\n", 1, 5, "only a comment may stand on this line", "start the text below it"),
        ("? a\n- b\n", 2, 1, "the indentation does not fit the lines above", ALIGN),
        ("a: ? b\n", 1, 4, "a key cannot start here", ALIGN),
        ("a: 1\n'b'\nc: 2\n", 2, 1, "a ':' is missing after this key", "write 'key: value'"),
        ("a: &\n", 1, 5, "the text is not valid YAML here", "check the quotes, the brackets and the indentation"),
    ],
)
def test_what_is_not_yaml_is_said_in_our_words(
    text: str, line: int, column: int, message: str, hint: str, engine: Engine
) -> None:
    assert faults(text.encode(), engine) == [("SYNTAX", line, column, message, hint)]


@ENGINES
def test_one_pass_finds_every_fault_in_the_order_of_the_text(engine: Engine) -> None:
    text = "a: no\nb: &x 012\na: *x\n1: '\\'\n? {}\n: ''\nc: [\n"
    assert faults(text.encode(), engine) == [
        ("AMBIGUOUS", 1, 4, *disagreement("no", "false")[1:]),
        ("FEATURE", 2, 4, "the anchor '&x' is not allowed", "delete it"),
        ("AMBIGUOUS", 2, 4, *disagreement("012", "10", "12")[1:]),
        ("DUPLICATE_KEY", 3, 1, "the key 'a' stands twice, first on line 1", "keep one of the two"),
        ("FEATURE", 3, 4, "the alias '*x' is not allowed", "repeat the value"),
        ("FEATURE", 4, 1, "the key '1' is not a string", "quote it: '1'"),
        ("FEATURE", 5, 3, "a key is a list or a mapping", "use a string as the key"),
        ("SYNTAX", 8, 1, "a value is missing here", "write one, or quote it"),
    ]


@ENGINES
@pytest.mark.parametrize("letter", ["y", "Y", "n", "N"])
def test_a_letter_that_yaml_1_1_takes_for_a_truth_value_may_be_a_key_and_no_value(letter: str, engine: Engine) -> None:
    text = f"{letter}: 1\nflow: {{{letter}: [1]}}\n"
    assert yaml._read(text.encode(), engine).value == {letter: 1, "flow": {letter: [1]}}
    with pytest.raises(Unreadable) as caught:
        yaml._read(f"a: [{letter}]\nb: {letter}\n".encode(), engine)
    message = disagreement(letter, "true" if letter in "yY" else "false")[1]
    assert [fault.message for fault in caught.value.faults] == [message, message]


@ENGINES
@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("\x00", 4, "the control character U+0000 is not allowed", "delete it"),
        ("\x1b", 4, "the control character U+001B is not allowed", "delete it"),
        ("\x7f", 4, "the control character U+007F is not allowed", "delete it"),
        ("\x85", 4, "the control character U+0085 is not allowed", "delete it"),
        ("x\ry", 5, "a carriage return without a line feed is not allowed", "end each line with a line feed"),
        ("\u202e", 4, "the character U+202E is not allowed: it reorders the text around it", "delete it"),
        ("\u2066", 4, "the character U+2066 is not allowed: it reorders the text around it", "delete it"),
        ("\u200b", 4, "the invisible character U+200B is not allowed", "delete it"),
        ("é\u2060", 5, "the invisible character U+2060 is not allowed", "delete it"),
        ("\ufeff", 4, "the invisible character U+FEFF is not allowed", "delete it"),
        ("\u2028", 4, "the line separator U+2028 is not allowed", "end each line with a line feed"),
        ("\uffff", 4, "the noncharacter U+FFFF is not allowed", "delete it"),
        ('"\\u202e"', 4, "the character U+202E is not allowed: it reorders the text around it", "delete it"),
        ('"\\0"', 4, "the control character U+0000 is not allowed", "delete it"),
        ('"\\r\\n"', 4, "a carriage return without a line feed is not allowed", "end each line with a line feed"),
        ('"\\ud800"', 4, "the surrogate U+D800 is not allowed", "write the character itself"),
        ('"\\ud83d\\ude00"', 4, "the surrogate U+D83D is not allowed", "write the character itself"),
    ],
)
def test_characters_that_hide_text_are_refused(text: str, column: int, message: str, hint: str, engine: Engine) -> None:
    assert faults(f"b:\na: {text}\n".encode(), engine) == [("CHARACTER", 2, column, message, hint)]


@ENGINES
@pytest.mark.parametrize(
    ("data", "line", "column", "message", "hint"),
    [
        (b"a: 1\nb: \xff\n", 2, 4, "the byte 0xff is not UTF-8", "save the file as UTF-8"),
        (b"a: \xc3\xa9\xed\xa0\x80\n", 1, 5, "the byte 0xed is not UTF-8", "save the file as UTF-8"),
        (
            "a: 1\n".encode("utf-8-sig"),
            1,
            1,
            "the document starts with a byte order mark",
            "save the file as UTF-8 without a byte order mark",
        ),
        (
            "a: 1\n".encode("utf-16"),
            1,
            1,
            "the document is UTF-16, not UTF-8",
            "save the file as UTF-8 without a byte order mark",
        ),
        (
            "a: 1\n".encode("utf-32"),
            1,
            1,
            "the document is UTF-32, not UTF-8",
            "save the file as UTF-8 without a byte order mark",
        ),
    ],
)
def test_only_utf_8_is_read(data: bytes, line: int, column: int, message: str, hint: str, engine: Engine) -> None:
    assert faults(data, engine) == [("CHARACTER", line, column, message, hint)]


def test_more_than_a_hundred_faults_say_nothing_new() -> None:
    assert len(faults(b"\x00" * 5000, FASTEST)) == 100


@ENGINES
@pytest.mark.parametrize("opening", ["[", "{a: ", "- "], ids=["brackets", "braces", "dashes"])
def test_nesting_beyond_any_stack_is_refused(opening: str, engine: Engine) -> None:
    column = 32 * len(opening) + 1
    fault = ("LIMIT", 1, column, "the nesting is deeper than 32 levels", "flatten the document")
    assert faults((opening * 100_000).encode(), engine) == [fault]


@ENGINES
def test_32_levels_are_read(engine: Engine) -> None:
    value = yaml._read(b"[" * 32 + b"]" * 32, engine).value
    assert repr(value) == "[" * 32 + "]" * 32
    assert faults(b"[" * 33 + b"]" * 33, engine)[0][:3] == ("LIMIT", 1, 33)


@ENGINES
def test_the_limits_are_exact(engine: Engine) -> None:
    # A list of 49,999 items and the list itself.
    at_most = b"[" + b"1," * 49_999 + b"]"
    assert yaml._read(at_most, engine).value == [1] * 49_999
    hint = "move large tables into a file of their own"
    assert faults(b"[" + b"1," * 50_000 + b"]", engine) == [
        ("LIMIT", 1, 100_000, "the document has more than 50,000 keys and values", hint)
    ]
    comment = b"#" * (1 << 20)
    assert yaml._read(comment, engine).value is None
    assert faults(comment + b"#", engine) == [
        ("LIMIT", 1, 1, "the document has 1,048,577 bytes, at most 1,048,576 are read", hint)
    ]


@ENGINES
def test_an_alias_bomb_is_refused_at_its_first_anchor(engine: Engine) -> None:
    levels = "".join(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefgh"))
    first = faults(f"a: &a [x]\n{levels}".encode(), engine)[0]
    assert first == ("FEATURE", 1, 4, "the anchor '&a' is not allowed", "delete it")


@ENGINES
def test_every_node_has_its_place(engine: Engine) -> None:
    document = yaml._read("é: 1.10\nlist:\n  - 'x'\n  - {k: [v], n: }\nempty:  # c\n".encode(), engine)
    assert document.locate(()) == Position(1, 1)
    assert (document.locate(("é",)), document.locate_key(("é",))) == (Position(1, 4), Position(1, 1))
    assert (document.raw(("é",)), document.raw(("list", 0)), document.raw(("list",))) == ("1.10", "x", None)
    assert document.locate(("list",)) == Position(3, 3)
    assert document.locate_key(("list", 0)) == Position(3, 5)
    assert document.locate(("list", 1, "k", 0)) == Position(4, 10)
    assert document.locate(("list", 1, "n")) == Position(4, 16)
    assert document.locate(("empty",)) == Position(5, 7)
    # What is missing is looked for in its parents.
    assert document.locate(("list", 1, "z", "q")) == Position(4, 5)
    assert document.raw(("nowhere",)) is None


def test_an_empty_document_starts_at_its_first_character() -> None:
    assert yaml.read(b"").locate(("a",)) == Position(1, 1)


def test_a_hostile_word_is_shown_short_and_printable() -> None:
    word = "&" + "x" * 100
    assert faults(f"a: {word} 1\n".encode(), FASTEST)[0][3] == f"the anchor '&{'x' * 39}…' is not allowed"


@given(yaml_like)
def test_both_engines_agree_on_any_text(text: str) -> None:
    """read(t) is the same value with the same places, or the same faults, with libyaml and without."""
    data = text.encode()
    assert verdict(data, FASTEST) == verdict(data, PURE)


@given(documents, st.data())
def test_both_engines_agree_on_documents_with_one_change(document: dict[str, Value], choice: st.DataObject) -> None:
    """The same for a sound document in which one piece was replaced by another."""
    text = render(document).decode()
    start = choice.draw(st.integers(0, len(text)))
    end = choice.draw(st.integers(start, min(len(text), start + 3)))
    piece = choice.draw(st.sampled_from([*": -#'\"[]{},?!&*|>%@\t\n", "\n  ", ": ", "- ", "\\u202e", "no"]))
    data = (text[:start] + piece + text[end:]).encode()
    assert verdict(data, FASTEST) == verdict(data, PURE)


@given(st.one_of(st.binary(), st.binary(max_size=8).map(lambda data: b"a: " + data)))
def test_any_bytes_are_read_or_unreadable(data: bytes) -> None:
    """read(b) returns, or raises Unreadable with at least one fault, for all bytes b."""
    for engine in (FASTEST, PURE):
        assert verdict(data, engine)


def test_every_character_that_is_let_through_is_let_through_by_the_parsers_too() -> None:
    from yaml.reader import Reader

    from modelyard.documents.characters import _IN_TEXT

    every = "".join(map(chr, range(0x110000)))
    let_through = _IN_TEXT.sub("", every.replace("\r", ""))
    assert re.findall(Reader.NON_PRINTABLE, let_through) == []


def test_pyyaml_without_libyaml_is_enough() -> None:
    program = (
        "import sys; sys.modules['yaml._yaml'] = None\n"
        "from modelyard.documents import yaml, yaml_engines\n"
        "assert yaml_engines.FASTEST is yaml_engines.PURE\n"
        "print(yaml.read(b'a: [1, x]').value)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "{'a': [1, 'x']}\n"


@pytest.mark.parametrize("kind", FaultKind)
def test_each_kind_of_fault_can_be_told_from_its_first_one(kind: FaultKind) -> None:
    example = {
        FaultKind.SYNTAX: b"a: [",
        FaultKind.DUPLICATE_KEY: b"{a: 1, a: 2}",
        FaultKind.FEATURE: b"*a",
        FaultKind.AMBIGUOUS: b"no",
        FaultKind.LIMIT: b"[" * 33,
        FaultKind.CHARACTER: b"\x00",
    }[kind]
    with pytest.raises(Unreadable) as caught:
        yaml.read(example)
    assert caught.value.faults[0].kind is kind
    assert str(caught.value) == caught.value.faults[0].message
