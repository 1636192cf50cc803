r"""The characters of a document: UTF-8, and nothing that hides or reorders what a reviewer reads.

Refused are controls, bidirectional and invisible marks, the line separators that some readers take
for line ends, lone surrogates and noncharacters: in the text, and in values that an escape such as
``"\u202e"`` would smuggle in.
"""

from __future__ import annotations

import codecs
import re

from modelyard.documents.document import Fault, FaultKind, Unreadable
from modelyard.documents.faults import Faults
from modelyard.documents.limits import MAX_BYTES, too_large
from modelyard.documents.lines import Lines
from modelyard.problems import START

__all__ = ["decode", "describe", "first_forbidden"]

_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_HIDDEN = r"\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff"
_IN_TEXT = re.compile(rf"[{_CONTROLS}{_HIDDEN}]|\r(?!\n)")
_IN_VALUE = re.compile(rf"[{_CONTROLS}{_HIDDEN}\r]")
_PLAIN_ASCII = bytes(range(0x20, 0x7F)) + b"\n\t"
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SAVE = "save the file as UTF-8 without a byte order mark"


def decode(data: bytes) -> str:
    """Return the text of a document.

    :raises Unreadable: too many bytes, not UTF-8, or forbidden characters.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable((Fault(FaultKind.LIMIT, START, *too_large(len(data))),))
    # The usual document is plain ASCII, and these two calls are all it costs to know.
    if data.isascii() and not data.translate(None, _PLAIN_ASCII):
        return data.decode("ascii")
    text = _decode_utf8(data)
    if _IN_TEXT.search(text):
        faults = Faults(text)
        for match in _IN_TEXT.finditer(text):
            faults.add(FaultKind.CHARACTER, match.start(), describe(match.group()))
        faults.refuse_any()
    return text


def first_forbidden(value: str) -> str | None:
    """Return the first character that no value may hold, or None."""
    match = _IN_VALUE.search(value)
    return match.group() if match else None


def describe(character: str) -> tuple[str, str]:
    """Return message and hint for a forbidden character."""
    code = ord(character)
    name = f"U+{code:04X}"
    if character == "\r":
        return "a carriage return without a line feed is not allowed", "end each line with a line feed"
    if 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return f"the character {name} is not allowed: it reorders the text around it", "delete it"
    if 0xD800 <= code <= 0xDFFF:
        return f"the surrogate {name} is not allowed", "write the character itself"
    if code in (0x2028, 0x2029):
        return f"the line separator {name} is not allowed", "end each line with a line feed"
    if code in (0xFFFE, 0xFFFF):
        return f"the noncharacter {name} is not allowed", "delete it"
    if code >= 0x200B:
        return f"the invisible character {name} is not allowed", "delete it"
    return f"the control character {name} is not allowed", "delete it"


def _decode_utf8(data: bytes) -> str:
    for mark, encoding in _WIDE_MARKS:
        if data.startswith(mark):
            raise _not_utf8(f"the document is {encoding}, not UTF-8")
    if data.startswith(codecs.BOM_UTF8):
        raise _not_utf8("the document starts with a byte order mark")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        position = Lines(before).position(len(before))
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise Unreadable((Fault(FaultKind.CHARACTER, position, message, "save the file as UTF-8"),)) from None


def _not_utf8(message: str) -> Unreadable:
    return Unreadable((Fault(FaultKind.CHARACTER, START, message, _SAVE),))
