"""One leaf block of Markdown: its text without the marks of what it lies in, and the place of each character."""

from __future__ import annotations

from bisect import bisect_right
from enum import Enum
from typing import TYPE_CHECKING

from modelyard.problems import Position
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Block", "Kind", "Line", "Source"]

# The index of a line among the lines of the card, the column where its text begins, and the text.
Line = tuple[int, int, str]

_TAB = 4


class Kind(Enum):
    """What a leaf block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    CODE = "code"
    HTML = "html"
    BREAK = "break"


@dataclass(frozen=True)
class Source:
    """The lines of a card as they are written; ``first`` is the number of the first of them."""

    lines: Sequence[str]
    first: int = 1

    def position(self, index: int, column: int) -> Position:
        """Return the place of a column, counted from 0 with tabs as spaces, of the line with that index."""
        raw = self.lines[index]
        if "\t" in raw:
            column = bisect_right(_tab_stops(raw), column) - 1
        return Position(index + self.first, column + 1)


class Block:
    """One leaf block.

    :param depth: how many quotes and list items it lies in.
    :param level: of a heading, 1 to 6.
    """

    def __init__(self, kind: Kind, lines: Sequence[Line], source: Source, *, depth: int = 0, level: int = 0) -> None:
        self.kind = kind
        self.lines = tuple(lines)
        self.depth = depth
        self.level = level
        self.text = "\n".join([text for _, _, text in lines])
        self._source = source
        self._starts: list[int] = []

    @property
    def first_line(self) -> int:
        """The number of the line that the block's own text begins on."""
        return self.lines[0][0] + self._source.first

    @property
    def start(self) -> Position:
        """Where the block's own text begins."""
        return self.position(0)

    def position(self, offset: int) -> Position:
        """Return where the character at an offset of the text stands in the card."""
        if not self._starts:
            start = 0
            for _, _, text in self.lines:
                self._starts.append(start)
                start += len(text) + 1
        number = bisect_right(self._starts, offset) - 1
        index, column, _ = self.lines[number]
        return self._source.position(index, column + offset - self._starts[number])


def _tab_stops(raw: str) -> list[int]:
    """Return the column of each character, counted from 0, where a tab reaches to the next multiple of four."""
    columns, column = [], 0
    for character in raw:
        columns.append(column)
        column += _TAB - column % _TAB if character == "\t" else 1
    return columns
