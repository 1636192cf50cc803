"""Rows of text in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.reports.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["columns"]


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a line for each row, in columns as wide as their widest cell; none for no rows."""
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
