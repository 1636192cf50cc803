"""Characters that deceive a reader, in files that are text and no documents: licences, tables, lists.

Documents are stricter (:mod:`modelyard.documents.characters`). Here only what has no honest use is told:
a byte order mark at the start, and the joiners that Persian and emoji need, may stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["hidden_in"]

_REORDERS = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u200b\u2060-\u2064\u180e\u115f\u1160\u3164\uffa0"
_CONTROLS = "\x01-\x08\x0b\x0e-\x1f\x7f-\x9f"
_FOUND = re.compile(
    rf"[{_REORDERS}{_INVISIBLE}{_CONTROLS}]"
    r"|(?<!\A)\ufeff"
    # Joiners belong between letters of scripts that have them, and between emoji.
    "|(?<![^\\x00-\u024f])[\u200c\u200d]"
    # Tags spell flags behind a black flag, and text that nobody sees elsewhere.
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001\U000e0020-\U000e007f]"
)
_REORDERING = re.compile(f"[{_REORDERS}]")
_PLAIN_ASCII = bytes(range(0x20, 0x7F)) + b"\r\n\t\f"
_NAMES = {"\x1b": "ESCAPE", "\x08": "BACKSPACE", "\x7f": "DELETE"}


def hidden_in(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield the offset of each such character, in characters, and what it is, in words.

    Bytes with a NUL among them are no text; bytes that are not UTF-8 count as one character each.
    """
    if b"\0" in data or (data.isascii() and not data.translate(None, _PLAIN_ASCII)):
        return
    text = data.decode("utf-8", "replace")
    for match in _FOUND.finditer(text):
        yield match.start(), _described(match[0])


def _described(character: str) -> str:
    import unicodedata

    name = unicodedata.name(character, _NAMES.get(character, ""))
    what = f"U+{ord(character):04X}" + (f" ({name})" if name else "")
    if _REORDERING.match(character):
        return f"{what}, which reorders the text around it"
    if unicodedata.category(character) == "Cc":
        return f"{what}, which is a control character"
    return f"{what}, which nobody can see"
