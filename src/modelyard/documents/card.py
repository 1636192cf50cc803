"""``MODEL_CARD.md``: front matter as Hugging Face cards have it, then Markdown in sections."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.documents import yaml
from modelyard.documents.document import Document, Fault, FaultKind, Unreadable
from modelyard.problems import Position

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FILE", "FRONT_MATTER_SCHEMA", "Card", "Section", "normalised_title"]

FILE = "MODEL_CARD.md"
FRONT_MATTER_SCHEMA = "CARD_SCHEMA"

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$", re.ASCII)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})", re.ASCII)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PLACEHOLDER = re.compile(
    r"\[more information needed\]|\{\{.*?\}\}|\blorem ipsum\b|\b(?:TODO|TBD|FIXME|XXX)\b",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Section:
    """A heading and all text below it, down to the next heading of its own level or above."""

    title: str
    level: int
    position: Position
    text: str

    @property
    def prose(self) -> str:
        """The text without headings, comments and blank edges: what a reader gets to read."""
        lines = (line for line in _COMMENT.sub("", self.text).splitlines() if not _HEADING.match(line))
        return "\n".join(lines).strip()

    @property
    def placeholder(self) -> str | None:
        """The first mark in the prose that stands for text still to be written, if there is one."""
        found = _PLACEHOLDER.search(self.prose)
        return found.group() if found else None


@dataclass(frozen=True)
class Card:
    """A model card: its front matter (an empty document where it has none) and its sections."""

    front_matter: Document
    sections: tuple[Section, ...]
    body: str

    @classmethod
    def parse(cls, data: bytes) -> Card:
        """Return the card that the bytes hold.

        :raises Unreadable: not UTF-8, or the front matter is not a strict YAML mapping.
        """
        text = _decode(data)
        lines = text.split("\n")
        end = _front_matter_end(lines)
        front_matter = _read_front_matter(lines[1:end]) if end else Document(None, dict)
        body = ["" for _ in lines[: end + 1]] + lines[end + 1 :] if end else lines
        return cls(front_matter, tuple(_sections(body)), "\n".join(body))

    def section(self, title: str) -> Section | None:
        """Return the section with that title, whatever its case, numbering and punctuation."""
        wanted = normalised_title(title)
        return next((each for each in self.sections if normalised_title(each.title) == wanted), None)

    def first_paragraph(self) -> str | None:
        """Return the first paragraph of prose on one line, or None where there is none."""
        for paragraph in re.split(r"\n[ \t]*\n", _COMMENT.sub("", self.body)):
            lines = [line.strip() for line in paragraph.splitlines() if not _HEADING.match(line)]
            prose = " ".join(line for line in lines if line)
            if prose and not _PLACEHOLDER.search(prose) and not prose.startswith(("|", "```", "![", "[![", ">")):
                return prose
        return None


def normalised_title(title: str) -> str:
    """Return what two titles share when they mean the same section."""
    words = re.findall(r"[^\W_]+", title.casefold())
    return " ".join(words[1:] if words and words[0].isdigit() else words)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        fault = Fault(
            FaultKind.CHARACTER,
            Position(line, column),
            "the card is not UTF-8 here",
            "save the file as UTF-8",
        )
        raise Unreadable((fault,)) from None


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


def _sections(lines: list[str]) -> Iterator[Section]:
    headings = list(_headings(lines))
    for index, (line, level, title) in enumerate(headings):
        later = (start for start, other, _ in headings[index + 1 :] if other <= level)
        end = next(later, len(lines))
        yield Section(title, level, Position(line + 1, 1), "\n".join(lines[line + 1 : end]))


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    fence = ""
    for index, line in enumerate(lines):
        opened = _FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif opened:
            fence = opened[1]
        elif found := _HEADING.match(line):
            yield index, len(found[1]), found[2]
