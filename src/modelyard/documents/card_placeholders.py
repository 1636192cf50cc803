"""Marks in a card that stand for text still to be written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.documents.markdown.block import Kind

if TYPE_CHECKING:
    from modelyard.documents.markdown.reading import Passage

__all__ = ["find_placeholder", "holds_word", "may_hold_mark"]

# Each is matched in time linear in the text. Lower-case "todo" is a word of several languages.
_MARK = re.compile(
    r"(?i:\[?\bmore information (?:is )?needed\b\]?|\blorem ipsum\b)"
    r"|\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}"
    r"|\b(?:TODO|TBD|TBA|FIXME|XXX)\b"
    r"|(?i:\[(?:your|insert|fill[ -]?in|enter|todo|tbd)\b[^\[\]\n]{0,80}\](?![(\[:]))"
    r"|(?i:<(?:your|insert|fill[ -]?in|enter|todo|tbd|placeholder)\b[^<>\n]{0,80}>)",
    re.ASCII,
)
# What counts only where it is all that a paragraph says.
_ALONE = frozenset(
    (
        *("na", "n a", "coming soon", "wip", "work in progress", "under construction", "placeholder", "to do", "todo"),
        *("to be added", "to be announced", "to be completed", "to be defined", "to be determined", "to be done"),
        *("to be filled in", "to be provided", "to be written", "tba", "tbd", "xxx", "fill in", "fill this in"),
    )
)
_LONGEST_ALONE = 60
# Prose without any of these holds no mark: most of it, for a tenth of the search.
_WORDS = ("TODO", "TBD", "TBA", "FIXME", "XXX")
_PHRASES = ("more information", "lorem ipsum")


def find_placeholder(passage: Passage, *, marked: bool = True) -> tuple[int, str] | None:
    """Return the first mark in a passage and its offset; what stands in code or in a comment is none.

    :param marked: what :func:`may_hold_mark` says of the passage's text.
    """
    if not marked and _says_more(passage):
        return None
    prose = passage.prose
    found = _MARK.search(prose) if marked else None
    if found:
        return found.start(), found.group()
    text = prose.strip()
    if passage.block.kind is not Kind.HEADING and text and len(text) <= _LONGEST_ALONE:
        words = re.findall(r"[^\W_]+", text.casefold())
        if " ".join(words) in _ALONE or (not words and set(text) <= set(".…")):
            return len(prose) - len(prose.lstrip()), text
    return None


def _says_more(passage: Passage) -> bool:
    """Whether a passage without a mark certainly says more than that its text is still to come."""
    text = passage.block.text
    # What stands in code does not count.
    return passage.block.kind is Kind.HEADING or (len(text.strip()) > _LONGEST_ALONE and "`" not in text)


def may_hold_mark(text: str, *, worded: bool = True) -> bool:
    """Whether anything in a text may be a mark; most texts hold nothing that is.

    :param worded: what :func:`holds_word` said of a text that contains this one.
    """
    return "[" in text or "<" in text or "{" in text or (worded and holds_word(text))


def holds_word(text: str) -> bool:
    """Whether a text holds one of the words that a mark without brackets is made of."""
    lower = text.lower()
    return any(word in text for word in _WORDS) or any(phrase in lower for phrase in _PHRASES)
