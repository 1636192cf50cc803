"""Tables as GitHub writes them: a row of heads, a row of dashes, rows of cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Cell", "Table", "read_table"]

_DASHES = re.compile(r":?-+:?", re.ASCII)
_CELL = re.compile(r"(?:[^|\\]|\\.?)*")


@dataclass(frozen=True)
class Cell:
    """One cell: its text without the spaces around it, and where that begins."""

    text: str
    offset: int


@dataclass(frozen=True)
class Table:
    """A table, where it begins in the text that it stands in, and its rows, the heads first."""

    start: int
    rows: tuple[tuple[Cell, ...], ...]


def read_table(text: str) -> Table | None:
    """Return the table that a paragraph is, or ends with."""
    if "|" not in text or "-" not in text:
        return None
    lines, offsets = text.split("\n"), [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    for number in range(1, len(lines)):
        if "|" not in lines[number] or lines[number].strip("|:- "):
            continue
        heads, dashes = tuple(_cells(lines[number - 1], offsets[number - 1])), list(_cells(lines[number], 0))
        if len(heads) == len(dashes) and all(_DASHES.fullmatch(cell.text) for cell in dashes):
            body = (tuple(_cells(lines[row], offsets[row])) for row in range(number + 1, len(lines)))
            return Table(offsets[number - 1], (heads, *body))
    return None


def _cells(line: str, offset: int) -> Iterator[Cell]:
    position = len(line) - len(line.lstrip(" "))
    end = len(line.rstrip(" "))
    position += line[position : position + 1] == "|"
    while position < end:
        stop = min(_end_of_cell(line, position), end)
        text = line[position:stop]
        yield Cell(text.strip(" "), offset + position + len(text) - len(text.lstrip(" ")))
        position = stop + 1


def _end_of_cell(line: str, position: int) -> int:
    found = _CELL.match(line, position)
    return found.end() if found else len(line)
