"""From an offset in a text to its line and column."""

from __future__ import annotations

from bisect import bisect_right

from modelyard.problems import Position

__all__ = ["Lines"]


class Lines:
    """The lines of one text. Only a line feed ends a line, with or without a carriage return before it."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        start = text.find("\n") + 1
        while start:
            self._starts.append(start)
            start = text.find("\n", start) + 1

    def number(self, offset: int) -> int:
        """Return the line, from 1, that holds the offset, counted in code points from 0."""
        return bisect_right(self._starts, offset)

    def position(self, offset: int) -> Position:
        """Return line and column of the offset, counted in code points from 0."""
        line = self.number(offset)
        return Position(line, offset - self._starts[line - 1] + 1)
