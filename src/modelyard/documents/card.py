"""``MODEL_CARD.md``: front matter as Hugging Face cards have it, then Markdown in sections."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from modelyard.documents import yaml
from modelyard.documents.characters import decode
from modelyard.documents.document import Document, Fault, FaultKind, Unreadable
from modelyard.problems import Position
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FILE", "FRONT_MATTER_SCHEMA", "Card", "Section", "normalised_title"]

FILE = "MODEL_CARD.md"
FRONT_MATTER_SCHEMA = "CARD_SCHEMA"

# A line is matched in time linear in its length: cards come from strangers.
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)", re.ASCII)
_CLOSING = re.compile(r"(?:^|(?<=[ \t]))#+$", re.ASCII)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})", re.ASCII)
_PLACEHOLDER = re.compile(
    r"(?i:\[more information needed\]|\blorem ipsum\b)|\{\{[^{}\n]*\}\}|\b(?:TODO|TBD|FIXME|XXX)\b",
    re.ASCII,
)
_NOT_PROSE = ("|", "```", "~~~", "![", "[![", ">")


@dataclass(frozen=True)
class Section:
    """A heading and all text below it, down to the next heading of its own level or above.

    ``prose`` is that text without headings, comments and blank edges: what a reader gets to read.
    """

    title: str
    level: int
    position: Position
    prose: str

    @property
    def placeholder(self) -> str | None:
        """The first mark in the prose that stands for text still to be written, if there is one."""
        found = _PLACEHOLDER.search(self.prose)
        return found.group() if found else None


@dataclass(frozen=True)
class Card:
    """A model card: its front matter (an empty document where it has none) and its sections.

    ``body`` is the Markdown below the front matter, on the same lines, without comments.
    """

    front_matter: Document
    sections: tuple[Section, ...]
    body: str

    @classmethod
    def parse(cls, data: bytes) -> Card:
        """Return the card that the bytes hold.

        :raises Unreadable: not UTF-8, a character that deceives, or a front matter that is no strict
            YAML mapping.
        """
        lines = decode(data).replace("\r\n", "\n").split("\n")
        end = _front_matter_end(lines)
        front_matter = _read_front_matter(lines[1:end]) if end else Document(None, dict)
        body = _without_comments(["" for _ in lines[: end + 1]] + lines[end + 1 :] if end else lines)
        return cls(front_matter, tuple(_sections(body)), "\n".join(body))

    def section(self, title: str) -> Section | None:
        """Return the section with that title, whatever its case, numbering and punctuation."""
        return self._by_title.get(normalised_title(title))

    @cached_property
    def _by_title(self) -> dict[str, Section]:
        # The first of its title counts.
        return {normalised_title(each.title): each for each in reversed(self.sections)}

    def first_paragraph(self) -> str | None:
        """Return the first paragraph of prose on one line, or None where there is none."""
        for paragraph in re.split(r"\n[ \t]*\n", self.body):
            lines = [line.strip() for line in paragraph.split("\n") if not _HEADING.match(line)]
            prose = " ".join(line for line in lines if line)
            if prose and not _PLACEHOLDER.search(prose) and not prose.startswith(_NOT_PROSE):
                return prose
        return None


@lru_cache(maxsize=1024)
def normalised_title(title: str) -> str:
    """Return what two titles share when they mean the same section."""
    words = re.findall(r"[^\W_]+", title.casefold())
    return " ".join(words[1:] if words and words[0].isdigit() else words)


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


def _without_comments(lines: list[str]) -> list[str]:
    """Return as many lines, with nothing where an HTML comment stood; in a code block it is no comment."""
    shown: list[str] = []
    fence, hidden = "", False
    for line in lines:
        kept, hidden = (line, hidden) if fence else _uncommented(line, hidden=hidden)
        shown.append(kept)
        fence = _fence_after(fence, kept)
    return shown


def _uncommented(line: str, *, hidden: bool) -> tuple[str, bool]:
    kept = []
    start = 0
    while start < len(line):
        mark = "-->" if hidden else "<!--"
        found = line.find(mark, start)
        end = len(line) if found < 0 else found
        if not hidden:
            kept.append(line[start:end])
        hidden ^= found >= 0
        start = end + len(mark)
    return "".join(kept), hidden


def _fence_after(fence: str, line: str) -> str:
    """Return the mark of the code block that is open after a line, empty where there is none."""
    found = _FENCE.match(line)
    if not fence:
        return found[1] if found else ""
    closes = found and found[1].startswith(fence) and line.strip() == found[1]
    return "" if closes else fence


def _sections(lines: list[str]) -> Iterator[Section]:
    headings = list(_headings(lines))
    marked = {line for line, _, _ in headings}
    for index, (line, level, title) in enumerate(headings):
        later = (headings[other] for other in range(index + 1, len(headings)))
        end = next((start for start, other, _ in later if other <= level), len(lines))
        prose = "\n".join(lines[number] for number in range(line + 1, end) if number not in marked)
        yield Section(title, level, Position(line + 1, 1), prose.strip())


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    fence = ""
    for index, line in enumerate(lines):
        found = None if fence else _HEADING.match(line)
        if found:
            yield index, len(found[1]), _CLOSING.sub("", line[found.end() :].rstrip(" \t")).strip(" \t")
        fence = _fence_after(fence, line)
