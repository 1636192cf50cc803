"""Amounts of bytes and durations, for people."""

from __future__ import annotations

__all__ = ["amount"]

_STEP = 1000


def amount(size: float) -> str:
    """Return a number of bytes in decimal units: ``812 B``, ``1.2 kB``, ``34.5 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < _STEP:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= _STEP
    return f"{size:.1f} TB"
