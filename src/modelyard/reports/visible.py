"""Text of strangers, made safe to print: what a terminal or a log would obey becomes visible."""

from __future__ import annotations

import unicodedata

__all__ = ["visible"]

# Controls, formatting (bidirectional, zero-width and tag characters), surrogates, line separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""Return the text on one line, with every character that hides or commands written as ``\xNN``."""
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    code = ord(character)
    if unicodedata.category(character) not in _INVISIBLE and not _is_noncharacter(code):
        return character
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("ascii", "backslashreplace").decode("ascii") if code > 0x7F else f"\\x{code:02x}"


def _is_noncharacter(code: int) -> bool:
    # Never to be assigned, and no part of an XML document.
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
