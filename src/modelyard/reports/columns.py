"""Rows of text in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.reports.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["columns"]


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a line for each row, in columns as wide as their widest cell; none for no rows."""
    # Of thousands of rows hardly one has a cell that needs a second look.
    cells = [tuple(row) if "".join(row).isprintable() else tuple(map(visible, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    line = "  ".join(f"%-{width}s" for width in widths)
    return [(line % row).rstrip() for row in cells]
