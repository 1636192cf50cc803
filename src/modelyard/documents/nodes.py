"""The nodes of a document: what was read, and from where to where it stands in the text.

Offsets count code points from 0. A node ends behind its last character; the comment and the line
break after it do not belong to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.document import Marks
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.document import Path, Value
    from modelyard.documents.lines import Lines

__all__ = ["MappingNode", "Node", "ScalarNode", "SequenceNode", "children", "marks"]


@dataclass
class ScalarNode:
    """One scalar. ``style`` is its quote, ``|`` or ``>`` for a block, and empty for a plain one."""

    start: int
    end: int
    value: Value
    raw: str
    style: str = ""


@dataclass
class SequenceNode:
    """One list; ``flow`` when it is written in brackets."""

    start: int
    end: int
    flow: bool
    items: list[Node] = field(default_factory=list)

    @property
    def value(self) -> Value:
        """The list as plain values."""
        return [item.value for item in self.items]


@dataclass
class MappingNode:
    """One mapping; ``flow`` when it is written in braces."""

    start: int
    end: int
    flow: bool
    pairs: list[tuple[ScalarNode, Node]] = field(default_factory=list)

    @property
    def value(self) -> Value:
        """The mapping as plain values."""
        return {str(key.value): node.value for key, node in self.pairs}

    def find(self, key: str) -> int | None:
        """Return the index of the pair with that key, or None."""
        return next((index for index, (name, _) in enumerate(self.pairs) if name.value == key), None)


Node = ScalarNode | SequenceNode | MappingNode


def children(node: Node) -> Iterator[tuple[str | int, ScalarNode | None, Node]]:
    """Yield each child with its step of a path, and with its key where it has one."""
    if isinstance(node, MappingNode):
        for key, child in node.pairs:
            yield str(key.value), key, child
    elif isinstance(node, SequenceNode):
        for index, child in enumerate(node.items):
            yield index, None, child


def marks(root: Node, lines: Lines) -> dict[Path, Marks]:
    """Return the place of every node below the root, and of the root itself."""
    found: dict[Path, Marks] = {}
    waiting: list[tuple[Path, ScalarNode | None, Node]] = [((), None, root)]
    while waiting:
        path, key, node = waiting.pop()
        found[path] = Marks(
            lines.position(node.start),
            lines.position(key.start) if key else None,
            node.raw if isinstance(node, ScalarNode) else None,
        )
        waiting.extend(((*path, step), name, child) for step, name, child in children(node))
    return found
