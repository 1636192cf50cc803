from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard import templates
from modelyard.documents.card import Card, Section, normalised_title
from modelyard.documents.card_placeholders import find_placeholder
from modelyard.documents.card_template import is_guidance
from modelyard.documents.document import Unreadable
from modelyard.problems import Position


def card(text: str) -> Card:
    return Card.parse(text.encode())


def titles(text: str) -> list[str]:
    return [section.title for section in card(text).sections]


def marks(section: Section) -> list[str]:
    found = map(find_placeholder, section.passages)
    return [each[1] for each in found if each]


def refusals(data: bytes) -> list[tuple[int, int, str]]:
    with pytest.raises(Unreadable) as caught:
        Card.parse(data)
    return [(fault.position.line, fault.position.column, fault.message) for fault in caught.value.faults]


def test_front_matter_and_sections_keep_their_places() -> None:
    read = card("---\nname: fraud\nlicense: mit\n---\n\n# Fraud\n\nScores.\n\n## Limits ##\n\nNone known.\n")
    assert read.front_matter.mapping() == {"name": "fraud", "license": "mit"}
    assert read.front_matter.locate(("license",)) == Position(3, 10)
    assert [(each.title, each.level, each.position) for each in read.sections] == [
        ("Fraud", 1, Position(6, 1)),
        ("Limits", 2, Position(10, 1)),
    ]


def test_a_card_needs_no_front_matter() -> None:
    for text in ("", "# Fraud\n", "\n---\nname: x\n---\n", "----\n"):
        assert card(text).front_matter.mapping() == {}


def test_windows_line_ends_change_nothing() -> None:
    text = "---\nname: fraud\n---\n# A\n\ntext\n"
    read = Card.parse(text.replace("\n", "\r\n").encode())
    assert [(each.title, each.position, each.prose) for each in read.sections] == [("A", Position(4, 1), "text")]


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        (b"---\nname: x\n", [(1, 1, "the front matter that opens here is never closed")]),
        (b"---\n- x\n---\n", [(2, 1, "the front matter is not a mapping")]),
        (b"---\nname: a\nname: b\n---\n", [(3, 1, "the key 'name' stands twice, first on line 2")]),
        (b"# A\n\nb\xff\n", [(3, 2, "the byte 0xff is not UTF-8")]),
        (b"\xef\xbb\xbf---\nname: x\n---\n", [(1, 1, "the document starts with a byte order mark")]),
        (
            "# A\n\u202etxt\n".encode(),
            [(2, 1, "the character U+202E is not allowed: it reorders the text around it")],
        ),
    ],
)
def test_what_is_no_card(data: bytes, faults: list[tuple[int, int, str]]) -> None:
    assert refusals(data) == faults


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# A\n## B #\n   ### C ###\n", ["A", "B", "C"]),
        ("#A\n\\# B\n    # C\n####### D\n", []),
        ("#\n# \n", ["", ""]),
        ("# C#\n## a # b\n", ["C#", "a # b"]),
        ("```\n# A\n```\n# B\n", ["B"]),
        ("~~~python\n# A\n```\n# B\n~~~\n# C\n", ["C"]),
        ("````\n```\n# A\n````\n# B\n", ["B"]),
        ("``` a `b` ```\n# A\n", ["A"]),
        ("```\n# A\n", []),
        ("<!--\n# A\n-->\n# B\n", ["B"]),
        ("<!-- # A --># B\n", []),
        ("A\n===\n\nB\nb\n---\n\n- C\n---\n", ["A", "B b"]),
        ("> # A\n\n- # B\n", []),
        ("<!-- a -->\n# A <!-- b -->\n<!-- c\n", ["A"]),
        ("<!--\n```\n-->\n# A\n", ["A"]),
        ("```\n<!--\n```\n# A\n", ["A"]),
    ],
)
def test_a_heading_is_what_a_reader_sees_as_one(text: str, found: list[str]) -> None:
    assert titles(text) == found


def test_a_section_ends_at_the_next_heading_of_its_level_or_above() -> None:
    read = card("# A\na\n## B\nb\n### C\nc\n## D\nd\n# E\ne\n")
    assert {each.title: each.prose for each in read.sections} == {
        "A": "a\nb\nc\nd",
        "B": "b\nc",
        "C": "c",
        "D": "d",
        "E": "e",
    }


def test_prose_is_what_a_reader_gets_to_read() -> None:
    (section,) = card("# A\n\n<!-- hint\nover lines -->\n\n").sections
    assert section.prose == ""
    (section,) = card("# A\n\n```\n# kept\n<!-- kept -->\n```\n").sections
    assert section.prose == "# kept\n<!-- kept -->"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("TODO: write", "TODO"),
        ("[More Information Needed]", "[More Information Needed]"),
        ("{{ description }}", "{{ description }}"),
        ("Lorem ipsum dolor", "Lorem ipsum"),
        ("tested on XXX", "XXX"),
        ("Todo el mundo, in mastodon and methods", None),
        ("<!-- TODO -->done", None),
        ("More information needed for further recommendations.", "More information needed"),
        ("Mail [your address here].", "[your address here]"),
        ("Mail [your account manager](https://example.org).", None),
        ("Mail <fill in>.", "<fill in>"),
        ("Press `TODO` and `<your name>`.", None),
        ("    TODO", None),
        ("```\nTODO\n```", None),
        ("N/A", "N/A"),
        ("Coming soon!", "Coming soon!"),
        ("German is coming soon; French is there.", None),
        ("...", "..."),
        ("- To be written", "To be written"),
        ("| a | b |\n|---|---|\n| N/A | 1 |", None),
    ],
)
def test_a_placeholder_is_told_from_text(text: str, mark: str | None) -> None:
    (section,) = card(f"# A\n{text}\n").sections
    assert marks(section) == ([mark] if mark else [])


@pytest.mark.parametrize("title", ["intended use", "Intended Use:", "2. Intended use", "Intended-use", "INTENDED  USE"])
def test_titles_mean_the_same_whatever_their_case_and_number(title: str) -> None:
    assert normalised_title(title) == "intended use"
    assert card(f"## {title}\n").section("Intended use")


def test_the_first_paragraph_is_prose_on_one_line() -> None:
    text = "# A\n\n![logo](x)\n\n> note\n\n| a |\n\nTODO: x\n\n<!-- y -->\n\nScores\n  payments.\n\nMore.\n"
    assert card(text).first_paragraph() == "Scores payments."
    assert card("# A\n\n## B\n").first_paragraph() is None


def test_the_template_has_every_section_and_is_not_yet_written() -> None:
    read = card(templates.load("model_card_template.md"))
    assert [each.title for each in read.sections if each.level == 2 and marks(each) != ["TODO"]] == []
    assert read.first_paragraph() is None
    assert all(is_guidance(each.prose) for each in read.sections if each.level == 2)


@given(st.lists(st.sampled_from(["# A", "## B", "text", "```", "~~~", "<!--", "-->", "<!-- c -->", "", "    x", "#"])))
def test_every_card_keeps_its_lines(lines: list[str]) -> None:
    """sections stand at lines that start with #, in order"""
    text = "\n".join(lines)
    read = card(text)
    places = [section.position.line for section in read.sections]
    assert places == sorted(set(places))
    assert all(text.split("\n")[line - 1].startswith("#") for line in places)
