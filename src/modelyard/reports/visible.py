"""Text of strangers, made safe to print: what a terminal or a log would obey becomes visible."""

from __future__ import annotations

import re

__all__ = ["visible"]

# C0 and C1 controls, bidirectional and zero-width characters, line separators, lone surrogates.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Return the text on one line, with every character that hides or commands written as ``\xNN``."""
    return _INVISIBLE.sub(lambda found: _escape(found.group()), text)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
