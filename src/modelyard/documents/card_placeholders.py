"""Marks in a card that stand for text still to be written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.documents.markdown.block import Kind

if TYPE_CHECKING:
    from modelyard.documents.markdown.reading import Passage

__all__ = ["find_placeholder", "holds_word"]

_HEADING = Kind.HEADING

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
_FIRST_ALONE = frozenset(said.partition(" ")[0] for said in _ALONE)
_LONGEST_ALONE = 60
_WORD = re.compile(r"[^\W_]+")
# Prose without any of these holds no mark: most of it, for a tenth of the search.
_WORDS = ("TODO", "TBD", "TBA", "FIXME", "XXX")
_PHRASES = ("more information", "lorem ipsum")


def find_placeholder(passage: Passage, *, worded: bool = True) -> tuple[int, str] | None:
    """Return the first mark in a passage and its offset; what stands in code or in a comment is none.

    :param worded: what :func:`holds_word` said of a text that contains the passage's.
    """
    text, is_heading = passage.block.text, passage.block.kind is _HEADING
    if "[" in text or "<" in text or "{" in text or (worded and holds_word(text)):
        found = _MARK.search(passage.prose)
        if found:
            return found.start(), found.group()
    elif is_heading or (len(text) > _LONGEST_ALONE and "`" not in text and len(text.strip()) > _LONGEST_ALONE):
        # Most passages: without a mark, and too long to say nothing else. What stands in code does not count.
        return None
    return None if is_heading else _alone(passage.prose)


def _alone(prose: str) -> tuple[int, str] | None:
    """Return what stands for a text still to come where a prose says nothing else, and its offset."""
    text = prose.strip()
    if not text or len(text) > _LONGEST_ALONE:
        return None
    first = _WORD.search(text)
    if first is None:
        is_placeholder = set(text) <= set(".…")
    else:
        # Most prose is told apart by its first word.
        opens = first[0].casefold() in _FIRST_ALONE
        is_placeholder = opens and " ".join(_WORD.findall(text.casefold())) in _ALONE
    return (len(prose) - len(prose.lstrip()), text) if is_placeholder else None


def holds_word(text: str) -> bool:
    """Whether a text holds one of the words that a mark without brackets is made of."""
    lower = text.lower()
    return any(word in text for word in _WORDS) or any(phrase in lower for phrase in _PHRASES)
