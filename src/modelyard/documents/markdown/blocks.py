"""From the lines of a card to its blocks, after chapters 3 to 5 of CommonMark 0.31.

Quotes and list items are followed as far as it takes to know which line is code, which is HTML and which is text:
what is code to this reader and HTML to a browser would hide a script.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.documents.document import Fault, FaultKind, Unreadable
from modelyard.documents.limits import MAX_DEPTH, TOO_DEEP
from modelyard.documents.markdown.block import Block, Kind, Source
from modelyard.documents.markdown.html_blocks import end_of_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.documents.markdown.block import Line

__all__ = ["read_blocks"]

_CODE_INDENT = 4
_QUOTE = re.compile(r" {0,3}> ?", re.ASCII)
_ITEM = re.compile(r"( {0,3}(?:[-+*]|[0-9]{1,9}[.)]))( +|$)", re.ASCII)
_FIRST_ITEM = re.compile(r" {0,3}(?:[-+*]|1[.)]) +[^ ]", re.ASCII)
_HEADING = re.compile(r" {0,3}(#{1,6})(?: +|$)", re.ASCII)
_CLOSING = re.compile(r"(?:^|(?<= ))#+$", re.ASCII)
_SETEXT = re.compile(r" {0,3}(=+|-+) *$", re.ASCII)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})", re.ASCII)
_FEWEST_MARKS = 3
_INTERRUPTED = (None, Kind.PARAGRAPH)


def read_blocks(lines: Sequence[str], first: int = 1) -> tuple[Block, ...]:
    """Return the leaf blocks of a text, in order; blank lines belong to none.

    :param first: the number of the first line.
    :raises Unreadable: quotes and lists lie deeper in one another than the nodes of a document may.
    """
    reader = _Reader(Source(lines, first))
    for index, raw in enumerate(lines):
        reader.take(index, raw.expandtabs(_CODE_INDENT) if "\t" in raw else raw)
    reader.close()
    return tuple(reader.blocks)


class _Reader:
    """Takes one line after the other. A leaf stays open until a line shows that it has ended.

    A container is the indent of a list item's text, or 0 for a quote.
    """

    def __init__(self, source: Source) -> None:
        self.blocks: list[Block] = []
        self._source = source
        self._containers: list[int] = []
        self._begun_empty = -1
        self._kind: Kind | None = None
        self._lines: list[Line] = []
        self._fence = ""
        self._end = ""

    def take(self, index: int, line: str) -> None:
        """Take the next line, its tabs expanded."""
        if not self._containers and self._kind in _INTERRUPTED:
            # Most lines of most cards: nothing, or words at the margin.
            if not line:
                self.close()
                return
            first = line[0]
            if first.isalpha():
                self._lines.append((index, 0, line))
                self._kind = Kind.PARAGRAPH
                return
            heading = _HEADING.match(line) if first == "#" else None
            if heading:
                self.close()
                self._head(index, 0, line, heading)
                return
        column, matched = self._match_containers(index, line)
        whole = matched == len(self._containers)
        if whole and self._kind in (Kind.CODE, Kind.HTML) and self._goes_on(index, column, line[column:]):
            return
        column, opened = self._open_containers(index, column, line, matched)
        rest = line[column:]
        if not rest.strip(" "):
            if self._kind is Kind.PARAGRAPH or not whole:
                self._leave(len(self._containers) if opened else matched)
        elif self._kind is not Kind.PARAGRAPH or not self._continues(index, column, rest, whole=whole):
            if not opened:
                self._leave(matched)
            self._begin(index, column, rest)

    def close(self) -> None:
        """End the leaf that is open."""
        if self._kind:
            self._emit(self._kind, self._lines)
        self._kind, self._lines = None, []

    def _match_containers(self, index: int, line: str) -> tuple[int, int]:
        """Return how far the line goes along with what is open: its column, and the number of containers."""
        column = 0
        for number, indent in enumerate(self._containers):
            if not indent:
                mark = _QUOTE.match(line, column)
                if not mark:
                    return column, number
                column = mark.end()
            elif line[column : column + indent].strip(" ") == "" and len(line) - column >= indent:
                column += indent
            elif line[column:].strip(" ") or self._begun_empty == index - 1:
                return column, number
            else:
                column = len(line)
        if self._begun_empty == index - 1 and not line[column:].strip(" ") and self._containers:
            return column, len(self._containers) - 1
        return column, len(self._containers)

    def _open_containers(self, index: int, column: int, line: str, matched: int) -> tuple[int, bool]:
        """Open the quotes and items that begin on the line; return where their text begins, and whether any did."""
        interrupts = self._kind is Kind.PARAGRAPH and matched == len(self._containers)
        opened = False
        while True:
            rest = line[column:]
            quote = _QUOTE.match(rest)
            item = None if quote else self._item(rest, interrupts=interrupts and not opened)
            if not quote and not item:
                return column, opened
            if not opened:
                self._leave(matched)
            opened = True
            if len(self._containers) == MAX_DEPTH:
                raise Unreadable((Fault(FaultKind.LIMIT, self._source.position(index, column), *TOO_DEEP),))
            width = quote.end() if quote else _text_of(item) if item else 0
            self._containers.append(0 if quote else width)
            if item and not rest[item.end() :]:
                self._begun_empty = index
            column = min(column + width, len(line))

    def _item(self, rest: str, *, interrupts: bool) -> re.Match[str] | None:
        item = _ITEM.match(rest)
        if not item or _is_break(rest) or (interrupts and not _FIRST_ITEM.match(rest)):
            return None
        return item

    def _goes_on(self, index: int, column: int, rest: str) -> bool:
        """Whether the open code or HTML takes the line."""
        if self._kind is Kind.HTML:
            if not self._end and not rest.strip(" "):
                self.close()
                return True
            self._lines.append((index, column, rest))
            if self._end and _holds_end(rest, self._end):
                self.close()
            return True
        if self._fence:
            closing = _FENCE.match(rest)
            if closing and closing[1].startswith(self._fence) and rest.strip(" ") == closing[1]:
                self.close()
                return True
        elif rest.strip(" ") and not rest.startswith(" " * _CODE_INDENT):
            self.close()
            return False
        self._lines.append((index, column, rest))
        return True

    def _continues(self, index: int, column: int, rest: str, *, whole: bool) -> bool:
        """Whether the open paragraph takes the line, as its text or as the line below a heading."""
        setext = _SETEXT.match(rest) if whole else None
        if setext:
            self._emit(Kind.HEADING, self._lines, level=1 if setext[1][0] == "=" else 2)
            self._kind, self._lines = None, []
            return True
        if not rest.startswith(" " * _CODE_INDENT) and _ends_paragraph(rest):
            return False
        text = rest.lstrip(" ")
        self._lines.append((index, column + len(rest) - len(text), text))
        return True

    def _begin(self, index: int, column: int, rest: str) -> None:
        """Begin the leaf that the line is, or begins."""
        if rest.startswith(" " * _CODE_INDENT):
            self._kind, self._fence, self._lines = Kind.CODE, "", [(index, column, rest)]
            return
        heading = _HEADING.match(rest)
        fence = _FENCE.match(rest)
        end = None if heading or fence else end_of_html(rest, alone=True)
        if heading:
            self._head(index, column, rest, heading)
        elif fence:
            self._kind, self._fence, self._lines = Kind.CODE, fence[1], [(index, column, "")]
        elif _is_break(rest):
            self._emit(Kind.BREAK, [(index, column, "")])
        elif end is not None:
            self._kind, self._end, self._lines = Kind.HTML, end, [(index, column, rest)]
            if end and _holds_end(rest, end):
                self.close()
        else:
            text = rest.lstrip(" ")
            self._kind, self._lines = Kind.PARAGRAPH, [(index, column + len(rest) - len(text), text)]

    def _head(self, index: int, column: int, rest: str, heading: re.Match[str]) -> None:
        title = rest[heading.end() :].rstrip(" ")
        if title.endswith("#"):
            title = _CLOSING.sub("", title).rstrip(" ")
        self._emit(Kind.HEADING, [(index, column + heading.end(), title)], level=len(heading[1]))

    def _leave(self, depth: int) -> None:
        """End the leaf, and the containers below a depth."""
        self.close()
        del self._containers[depth:]

    def _emit(self, kind: Kind, lines: list[Line], level: int = 0) -> None:
        self.blocks.append(Block(kind, lines, self._source, depth=len(self._containers), level=level))


def _text_of(item: re.Match[str]) -> int:
    """Return where the text of a list item begins."""
    mark, gap = len(item[1]), len(item[2])
    is_code_or_empty = gap > _CODE_INDENT or item.end() == len(item.string)
    return mark + (1 if is_code_or_empty else gap)


def _ends_paragraph(rest: str) -> bool:
    if _HEADING.match(rest) or _FENCE.match(rest) or _is_break(rest):
        return True
    return end_of_html(rest, alone=False) is not None


def _is_break(rest: str) -> bool:
    """Whether a line is a thematic break: three or more of one mark, and spaces."""
    marks = rest.replace(" ", "")
    return len(marks) >= _FEWEST_MARKS and marks[0] in "-_*" and marks == marks[0] * len(marks)


def _holds_end(rest: str, end: str) -> bool:
    lowered = rest.lower()
    return any(mark in lowered for mark in end.split(" "))
