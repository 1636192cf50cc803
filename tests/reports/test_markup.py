from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from modelyard.reports.markup import code, prose
from modelyard.reports.visible import visible


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("the document is empty", "the document is empty"),
        ("`files.model` is missing", "<code>files.model</code> is missing"),
        ("it isn't there, or is it?", "it isn't there, or is it?"),
        ("write schema_version: 1", "write <code>schema&#95;version&#58;</code> 1"),
        ("ask @org/team, (@me)", "ask <code>&#64;org/team,</code> <code>(&#64;me)</code>"),
        ("fixes #1", "fixes <code>&#35;1</code>"),
        ("GH-1 and !2", "<code>GH-1</code> and <code>!2</code>"),
        ("www.example.org", "<code>www&#46;example.org</code>"),
        ("see https://example.org/x", "see <code>https&#58;//example.org/x</code>"),
        ("an odd ` backtick", "an odd <code> backtick</code>"),
        ("a\nb", r"<code>a&#92;x0ab</code>"),
        ("Grüße, 日本", "Grüße, 日本"),
    ],
)
def test_what_a_sentence_becomes(text: str, markdown: str) -> None:
    assert prose(text) == markdown


@given(st.text(st.characters()))
def test_a_reader_sees_the_text_itself(text: str) -> None:
    """Rendered and stripped of its `code`, a text is what `visible` makes of it"""
    html = MarkdownIt("commonmark", {"html": True}).renderInline("> " + code(text))
    plain = re.sub(r"</?code>", "", html.removeprefix("&gt; "))
    for reference, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(reference, sign)
    assert plain == visible(text)
