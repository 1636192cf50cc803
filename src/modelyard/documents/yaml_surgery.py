"""Single cuts in YAML text: replace one node, insert one entry or item, remove one.

A cut touches the characters of its node and nothing else: comments, quotes, blank lines and the
order of keys around it stay. Whether the result means what was wanted is for
:mod:`modelyard.documents.edit` to check.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from modelyard.documents.yaml_text import (
    Style,
    block_lines,
    double_quoted,
    entry_lines,
    indented,
    inline,
    item_lines,
    key_text,
    single_quoted,
)
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.document import Path, Value

__all__ = ["Site", "Surgery", "find"]

_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")
_FLOW_COMMA = re.compile(r"[ \t]*,[ ]*")


@dataclass(frozen=True)
class Site:
    """A node and what it stands in: its parent, its index there, its key, and whether brackets surround it."""

    node: Node
    parent: MappingNode | SequenceNode | None = None
    index: int = 0
    key: ScalarNode | None = None
    in_flow: bool = False


def find(root: Node, path: Path) -> Site | None:
    """Return the site of the path, or None where there is nothing."""
    site = Site(root)
    for step in path:
        child = _child(site, step)
        if child is None:
            return None
        site = child
    return site


def _child(site: Site, step: str | int) -> Site | None:
    node = site.node
    if isinstance(node, MappingNode) and isinstance(step, str):
        index = node.find(step)
        if index is None:
            return None
        key, value = node.pairs[index]
        return Site(value, node, index, key, node.flow)
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return Site(node.items[step], node, step, None, node.flow)
    return None


class Surgery:
    """Cuts in one text; each method returns the text that results."""

    def __init__(self, text: str, style: Style) -> None:
        self._text = text
        self._style = style
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def found(self, value: Value) -> str:
        """Put a value where the text holds nothing but comments."""
        gap = "" if not self._text or self._text.endswith("\n") else self._newline
        return self._text + gap + self._newline.join(block_lines(value, self._style)) + self._newline

    def replace(self, site: Site, value: Value) -> str:
        """Put another value in the place of the node."""
        node = site.node
        if site.in_flow:
            head = self._scalar(node, value, in_flow=True)
            return self._text[: node.start] + self._after_key(site, head) + self._text[node.end :]
        if _is_block(node) and site.parent is None:
            return self._replace_lines(node, block_lines(value, self._style))
        if _is_block(node) and site.key and self._line_start(node.start) > site.key.end:
            return self._replace_below_key(site.key, node, value)
        return self._replace_in_line(site, value)

    def insert(self, node: MappingNode | SequenceNode, key: str, value: Value) -> str:
        """Put an entry, or an item, behind the last one of a collection that is not empty."""
        if node.flow:
            end = (node.pairs[-1][1] if isinstance(node, MappingNode) else node.items[-1]).end
            name = f"{key_text(key, in_flow=True)}: " if isinstance(node, MappingNode) else ""
            return f"{self._text[:end]}, {name}{inline(value, in_flow=True)}{self._text[end:]}"
        lines = (
            entry_lines(key, value, self._style) if isinstance(node, MappingNode) else item_lines(value, self._style)
        )
        end = self._line_end(node.end)
        return self._joined(self._text[:end], indented(lines, " " * self._column(node.start)), self._text[end:])

    def remove(self, site: Site) -> str:
        """Remove an entry, or an item, from a collection that holds others."""
        if site.in_flow:
            return self._remove_from_flow(site)
        start = site.key.start if site.key else self._dash(site)
        end = self._next_line(site.node.end)
        line = self._line_start(start)
        if self._text[line:start].strip(" ") == "":
            return self._text[:line] + self._text[end:]
        # The dash of an outer list stands before it and stays, so the next line moves up to it.
        rest = self._text[end:]
        return self._text[:start] + rest.lstrip(" ")

    def _replace_in_line(self, site: Site, value: Value) -> str:
        node = site.node
        head, body = self._head_and_body(site, value)
        end = line_end = self._line_end(node.end)
        kept = self._text[node.end : line_end]
        header = _BLOCK_HEADER.match(self._text, node.start) if _is_block_scalar(node) else None
        if header:
            kept = self._text[header.end() : self._line_end(node.start)]
        before = self._text[: node.start]
        if not head:
            before = before.rstrip(" ")
        return self._joined(before + self._after_key(site, head) + kept, body, self._text[end:])

    def _head_and_body(self, site: Site, value: Value) -> tuple[str, list[str]]:
        """Return what stands in the node's own line, and the whole lines below it."""
        node = site.node
        lines = block_lines(value, self._style)
        if len(lines) == 1 and not (isinstance(value, (dict, list)) and value):
            return self._scalar(node, value, in_flow=False), []
        if site.key and self._line_start(node.start) <= site.key.start:
            return self._below_key(site.key, value, lines)
        column = self._column(node.start) + (node.start == node.end)
        return lines[0], indented(lines[1:], " " * column)

    def _below_key(self, key: ScalarNode, value: Value, lines: list[str]) -> tuple[str, list[str]]:
        margin = " " * self._column(key.start)
        if isinstance(value, str):
            return lines[0], indented(lines[1:], margin)
        return "", indented(lines, margin + self._style.indent)

    def _replace_below_key(self, key: ScalarNode, node: Node, value: Value) -> str:
        """Replace a block that starts on a line below its key."""
        if isinstance(value, (dict, list)) and value:
            margin = " " * self._column(key.start) + self._style.indent
            return self._replace_lines(node, indented(block_lines(value, self._style), margin))
        colon = self._text.index(":", key.end) + 1
        between = self._text[colon : self._line_start(node.start)]
        return f"{self._text[:colon]} {inline(value)}{between}{self._text[self._next_line(node.end) :]}"

    def _replace_lines(self, node: Node, lines: list[str]) -> str:
        start, end = self._line_start(node.start), self._line_end(node.end)
        return self._text[:start] + self._newline.join(lines) + self._text[end:]

    def _remove_from_flow(self, site: Site) -> str:
        start = site.key.start if site.key else site.node.start
        comma = _FLOW_COMMA.match(self._text, site.node.end)
        if comma:
            return self._text[:start] + self._text[comma.end() :]
        before = self._text[:start].rstrip(" ")
        return before.removesuffix(",") + self._text[site.node.end :]

    def _scalar(self, node: Node, value: Value, *, in_flow: bool) -> str:
        """Return the value on one line, in the quotes of the scalar that stands there."""
        if isinstance(value, str) and isinstance(node, ScalarNode):
            if node.style == '"':
                return double_quoted(value)
            if node.style == "'":
                return single_quoted(value) or double_quoted(value)
        return inline(value, in_flow=in_flow)

    def _after_key(self, site: Site, head: str) -> str:
        """Return the head with what must come before it where the node is written as nothing at all."""
        if not head or site.node.start < site.node.end:
            return head
        needs_colon = site.key is not None and self._text[site.key.end : site.node.start].strip() != ":"
        return f": {head}" if needs_colon else f" {head}"

    def _dash(self, site: Site) -> int:
        """Return where the dash of a block list's item stands."""
        column = self._column(site.parent.start) if site.parent else 0
        line = self._line_start(site.node.start)
        while line and self._text[line + column : line + column + 1] != "-":
            line = self._line_start(line - 1)
        return line + column

    def _joined(self, before: str, lines: list[str], after: str) -> str:
        """Return the text with whole lines between the two; ``before`` ends without a line break."""
        if not lines:
            return before + after
        return self._newline.join([before, *lines]) + (after or self._newline)

    def _line_start(self, offset: int) -> int:
        return self._text.rfind("\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        end = self._text.find("\n", offset)
        if end < 0:
            return len(self._text)
        return end - (self._text[end - 1 : end] == "\r" and end > offset)

    def _next_line(self, offset: int) -> int:
        return self._text.find("\n", offset) + 1 or len(self._text)

    def _column(self, offset: int) -> int:
        return offset - self._line_start(offset)


def _is_block(node: Node) -> bool:
    return not isinstance(node, ScalarNode) and not node.flow


def _is_block_scalar(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style in ("|", ">")
