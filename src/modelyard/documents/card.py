"""``MODEL_CARD.md``: front matter as Hugging Face cards have it, then Markdown in sections."""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from modelyard.documents import yaml
from modelyard.documents.card_placeholders import find_placeholder, holds_word
from modelyard.documents.characters import decode
from modelyard.documents.document import Document, Fault, FaultKind, Unreadable
from modelyard.documents.file_names import CARD
from modelyard.documents.limits import MAX_LINES, MAX_NODES, TOO_LONG, TOO_MARKED
from modelyard.documents.markdown.block import Kind
from modelyard.documents.markdown.reading import Markdown
from modelyard.problems import Position
from modelyard.values import cached_property, dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.documents.markdown.reading import Passage

__all__ = ["FILE", "FRONT_MATTER_SCHEMA", "Card", "Section", "normalised_title"]

FILE = CARD
FRONT_MATTER_SCHEMA = "CARD_SCHEMA"

_HEADING = Kind.HEADING
_MARKS = "<[|`\\"
_NOT_PROSE = ("|", "![", "[![", "<")


@dataclass(frozen=True)
class Section:
    """A heading and all that lies below it, down to the next heading of its own level or above.

    ``passages`` are the blocks below it, the headings among them left out.
    """

    heading: Passage
    passages: tuple[Passage, ...]

    @property
    def title(self) -> str:
        """What the heading says, on one line."""
        return " ".join(self.heading.shown.split())

    @property
    def level(self) -> int:
        """The level of the heading, 1 to 6."""
        return self.heading.block.level

    @property
    def position(self) -> Position:
        """Where the line of the heading begins."""
        return Position(self.heading.block.first_line, 1)

    @property
    def prose(self) -> str:
        """What a reader gets to read below the heading: comments do not count, code does."""
        shown = (passage.shown.strip() for passage in self.passages)
        return "\n".join(text for text in shown if text)


@dataclass(frozen=True)
class Card:
    """A model card: its front matter (an empty document where it has none) and the Markdown below it."""

    front_matter: Document
    markdown: Markdown

    @classmethod
    def parse(cls, data: bytes) -> Card:
        """Return the card that the bytes hold.

        :raises Unreadable: not UTF-8, a character that deceives, a front matter that is no strict YAML mapping, or
            Markdown beyond the limits of length, marks and depth.
        """
        lines = decode(data).replace("\r\n", "\n").split("\n")
        end = _front_matter_end(lines)
        front_matter = _read_front_matter(lines[1:end]) if end else Document(None, dict)
        below = end + 1 if end else 0
        _require_readable(lines[below:], below + 1)
        return cls(front_matter, Markdown(lines[below:], below + 1))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in order; a heading in a quote or a list begins none."""
        return tuple(_sections(self.markdown))

    def section(self, title: str) -> Section | None:
        """Return the section with that title, whatever its case, numbering and punctuation."""
        return self._by_title.get(normalised_title(title))

    def placeholder(self, passage: Passage) -> tuple[int, str] | None:
        """Return what stands for a text still to come in one of the card's passages, and its offset there."""
        return find_placeholder(passage, worded=self._is_worded)

    @cached_property
    def by_section(self) -> tuple[tuple[Section | None, Passage], ...]:
        """Each passage with the section that it lies in, headings included, from top to bottom."""
        return tuple(_by_section(self.markdown.passages, self.sections))

    @cached_property
    def _is_worded(self) -> bool:
        return holds_word("\n".join([passage.block.text for passage in self.markdown.passages]))

    @cached_property
    def _by_title(self) -> dict[str, Section]:
        # The first of its title counts.
        return {normalised_title(each.title): each for each in reversed(self.sections)}

    def first_paragraph(self) -> str | None:
        """Return the first paragraph of prose on one line, or None where there is none."""
        for passage in self.markdown.passages:
            if passage.block.kind is not Kind.PARAGRAPH or passage.block.depth:
                continue
            prose = " ".join(passage.shown.split())
            if prose and not self.placeholder(passage) and not prose.startswith(_NOT_PROSE):
                return prose
        return None


@lru_cache(maxsize=1024)
def normalised_title(title: str) -> str:
    """Return what two titles share when they mean the same section."""
    words = re.findall(r"[^\W_]+", title.casefold())
    return " ".join(words[1:] if words and words[0].isdigit() else words)


def _require_readable(lines: list[str], first: int) -> None:
    """Refuse what would take long to read, and what nobody reads."""
    if len(lines) > MAX_LINES:
        raise Unreadable((Fault(FaultKind.LIMIT, Position(first + MAX_LINES, 1), *TOO_LONG),))
    text = "\n".join(lines)
    if sum(map(text.count, _MARKS)) <= MAX_NODES:
        return
    marks = 0
    for number, line in enumerate(lines, start=first):
        marks += sum(map(line.count, _MARKS))
        if marks > MAX_NODES:
            raise Unreadable((Fault(FaultKind.LIMIT, Position(number, 1), *TOO_MARKED),))


def _front_matter_end(lines: list[str]) -> int:
    """Return the index of the line that closes the front matter, 0 where there is none."""
    if lines[0].rstrip() != "---":
        return 0
    closing = (index for index, line in enumerate(lines[1:], start=1) if line.rstrip() == "---")
    end = next(closing, 0)
    if not end:
        fault = Fault(
            FaultKind.SYNTAX,
            Position(1, 1),
            "the front matter that opens here is never closed",
            "write a line --- after its last key",
        )
        raise Unreadable((fault,))
    return end


def _read_front_matter(lines: list[str]) -> Document:
    # A blank line stands in for the opening ---, so that the places are those of the card.
    document = yaml.read(("\n" + "\n".join(lines) + "\n").encode())
    if document.value is not None and not isinstance(document.value, dict):
        fault = Fault(
            FaultKind.SYNTAX,
            Position(2, 1),
            "the front matter is not a mapping",
            "write it as lines of key: value",
        )
        raise Unreadable((fault,))
    return document


def _sections(markdown: Markdown) -> Iterator[Section]:
    passages = markdown.passages
    all_headings = dict(markdown.headings)
    headings = [(index, passage) for index, passage in all_headings.items() if not passage.block.depth]
    ends = _ends([passage.block.level for _, passage in headings])
    others = [index for index in range(len(passages)) if index not in all_headings]
    texts = tuple([passages[index] for index in others])
    for number, (index, passage) in enumerate(headings):
        end = headings[ends[number]][0] if ends[number] < len(headings) else len(passages)
        below = texts[bisect(others, index) : bisect_left(others, end)]
        yield Section(passage, below)


def _by_section(passages: Sequence[Passage], sections: Sequence[Section]) -> Iterator[tuple[Section | None, Passage]]:
    following = iter(sections)
    current = None
    for passage in passages:
        if passage.block.kind is _HEADING and not passage.block.depth:
            current = next(following)
            yield None, passage
        else:
            yield current, passage


def _ends(levels: list[int]) -> list[int]:
    """Return for each heading the number of the next one of its level or above."""
    ends = [len(levels)] * len(levels)
    open_ones: list[int] = []
    for number, level in enumerate(levels):
        while open_ones and levels[open_ones[-1]] >= level:
            ends[open_ones.pop()] = number
        open_ones.append(number)
    return ends
