"""A document's bytes from a tree, or the fault of not being readable at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.document import Fault, FaultKind
from modelyard.problems import START
from modelyard.tree import MAX_READ

if TYPE_CHECKING:
    from modelyard.tree import Tree

__all__ = ["Content", "content_of"]

Content = bytes | Fault | None

_TOO_LARGE = Fault(
    FaultKind.LIMIT,
    START,
    f"the document has more than {MAX_READ:,} bytes, and no more are read",
    "a document of a registry is short: move large tables into a file of their own",
)


def content_of(tree: Tree, path: str) -> Content:
    """Return the bytes of a file; a fault where it is too large; None where there is no file."""
    data = tree.read_many([path]).get(path)
    if data is not None:
        return data
    leaf = tree.leaf(path)
    return _TOO_LARGE if leaf and leaf.kind.is_file else None
