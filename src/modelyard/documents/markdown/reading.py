"""A whole Markdown text, read: its blocks, and what each of them holds."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from modelyard.documents.markdown.block import Kind
from modelyard.documents.markdown.blocks import read_blocks
from modelyard.documents.markdown.html import read_html
from modelyard.documents.markdown.inlines import Inlines, Link, blanked, holds_inlines, read_inlines
from modelyard.documents.markdown.tables import read_table
from modelyard.values import cached_property

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.documents.markdown.block import Block
    from modelyard.documents.markdown.html import Tag
    from modelyard.documents.markdown.tables import Table
    from modelyard.problems import Position

__all__ = ["Markdown", "Passage"]


class Passage:
    """One block, and what stands in it, found when somebody asks."""

    def __init__(self, block: Block) -> None:
        self.block = block

    def position(self, offset: int) -> Position:
        """Return where a character of the block's text stands in the card."""
        return self.block.position(offset)

    @cached_property
    def table(self) -> Table | None:
        """The table that the block is, or ends with."""
        return read_table(self.block.text) if self.block.kind is Kind.PARAGRAPH else None

    @cached_property
    def inlines(self) -> Inlines:
        """Links, tags and spans that are no prose; of a table, cell by cell, as code never leaves its cell."""
        if self.block.kind in (Kind.CODE, Kind.BREAK):
            return Inlines()
        if self.block.kind is Kind.HTML:
            return Inlines(tags=tuple(read_html(self.block.text)), hidden=tuple(_comments(self.block.text)))
        if not self.table:
            return read_inlines(self.block.text)
        parts = [read_inlines(self.block.text[: self.table.start])]
        parts += [read_inlines(cell.text).shifted(cell.offset) for row in self.table.rows for cell in row]
        return Inlines(
            tuple(chain.from_iterable(part.links for part in parts)),
            tuple(chain.from_iterable(part.tags for part in parts)),
            tuple(chain.from_iterable(part.hidden for part in parts)),
        )

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """Every tag; those too that only a reader without tables finds in one."""
        if not self.table:
            return self.inlines.tags
        found = {tag.offset: tag for tag in (*read_inlines(self.block.text).tags, *self.inlines.tags)}
        return tuple(found[offset] for offset in sorted(found))

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link and image that is written as Markdown."""
        return self.inlines.links

    @cached_property
    def prose(self) -> str:
        """The text without code and comments, spaces in their place; nothing of a block of code."""
        if self.block.kind in (Kind.CODE, Kind.BREAK):
            return ""
        hidden = self.inlines.hidden
        return blanked(self.block.text, iter(hidden)) if hidden else self.block.text

    @cached_property
    def shown(self) -> str:
        """What a reader gets to see: the text with its code, without comments."""
        if self.block.kind is Kind.CODE or "<!--" not in self.block.text:
            return self.block.text
        comments = (span for span in self.inlines.hidden if self.block.text.startswith("<!--", span[0]))
        return blanked(self.block.text, comments)


class Markdown:
    """A text, read once; what blocks hold is found when somebody asks.

    :param first: the number of the first line.
    :raises Unreadable: quotes and lists lie deeper in one another than the nodes of a document may.
    """

    def __init__(self, lines: Sequence[str], first: int = 1) -> None:
        self.passages = tuple(Passage(block) for block in read_blocks(lines, first))

    @cached_property
    def marked(self) -> tuple[Passage, ...]:
        """The passages that may hold a link or a tag; of most cards they are few."""
        return tuple([passage for passage in self.passages if holds_inlines(passage.block.text)])

    @property
    def headings(self) -> Iterator[tuple[int, Passage]]:
        """Yield each heading with its index among the passages."""
        for index, passage in enumerate(self.passages):
            if passage.block.kind is Kind.HEADING:
                yield index, passage


def _comments(text: str) -> Iterator[tuple[int, int]]:
    from modelyard.documents.markdown.html import comment_end

    start = text.find("<!--")
    while start >= 0:
        end, _ = comment_end(text, start)
        yield start, end
        start = text.find("<!--", end)
