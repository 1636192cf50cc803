"""Amounts of bytes and durations, for people."""

from __future__ import annotations

__all__ = ["amount", "parse_size"]

_STEP = 1000
_BINARY = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_MOST_DIGITS = 15


def amount(size: float) -> str:
    """Return a number of bytes in decimal units: ``812 B``, ``1.2 kB``, ``34.5 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < _STEP:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= _STEP
    return f"{size:.1f} TB"


def parse_size(text: str) -> int:
    """Return the number of bytes that an option asks for: ``8G`` is eight times 2**30.

    :raises argparse.ArgumentTypeError: it is none, or zero.
    """
    digits, factor = (text[:-1], _BINARY[text[-1]]) if text[-1:] in _BINARY else (text, 1)
    if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS and int(digits):
        return int(digits) * factor
    from argparse import ArgumentTypeError

    raise ArgumentTypeError(f"{text!r} is no size such as 512M or 8G")
