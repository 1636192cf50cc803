"""What a plain YAML scalar means, or that readers do not agree on it.

Accepted are the forms that YAML 1.1, YAML 1.2 and JSON read alike: ``null`` and nothing at all,
``true``, ``false``, decimal integers, and floats with digits on both sides of the point. Whatever
some YAML reader takes for a truth value, a number or a date is refused; the rest is a string.
Sources: yaml.org/type (YAML 1.1) and chapter 10 of the YAML 1.2.2 specification.
"""

from __future__ import annotations

import math
import re
from functools import reduce
from typing import TYPE_CHECKING

from modelyard.documents.document import FaultKind
from modelyard.documents.faults import shown
from modelyard.documents.limits import MAX_DIGITS

if TYPE_CHECKING:
    from modelyard.documents.document import Value

__all__ = ["DOUBTFUL_STARTS", "Ambiguous", "is_plain_key", "is_plain_string", "resolve", "resolve_key"]

# Truth values by the letter of YAML 1.1 and to a few readers (go-yaml v2), text to PyYAML, ruamel and all
# of YAML 1.2. As a key they can only be text: `n` is a field of this registry's own, the number of rows.
_LETTERS = frozenset({"y", "Y", "n", "N"})
_CONSTANTS: dict[str, Value] = {"": None, "null": None, "true": True, "false": False}
_AMBIGUOUS_WORDS = frozenset({"null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"})
# What they are to those readers that do not take them for text; `true` is all that is left out.
_WORDS_TO_SOME = {
    **dict.fromkeys(("null", "~"), "nothing"),
    **dict.fromkeys(("false", "no", "off", "n"), "false"),
    "=": "a default",
    "<<": "a merge key",
}
# A scalar that starts with none of these is a string, which settles most of them in one step.
DOUBTFUL_STARTS = frozenset(["", *"0123456789+-.~=<nNtTfFyYoO"])
_NUMBER_STARTS = frozenset("0123456789+-.")

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?", re.ASCII)
_NUMBER_FOR_SOME = re.compile(
    r"""[-+]?(?:
        (?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?    # 012  1_000  +1  1.  .5  1e5  12e4567
        |0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+                    # 0x1f  0o17  0b11
        |[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?                    # 12:30:45 is a number to base 60
        |\.(?:inf|nan|Inf|INF|NaN|NAN)
    )""",
    re.ASCII | re.VERBOSE,
)
_OCTAL = re.compile(r"0[0-7]*[1-7][0-7]*", re.ASCII)
_TO_BASE_60 = re.compile(r"[0-9]+(?::[0-9]+)+", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?", re.ASCII | re.DOTALL)


class Ambiguous(ValueError):
    """Readers do not agree on what a plain scalar means."""

    def __init__(self, text: str, message: str, kind: FaultKind = FaultKind.AMBIGUOUS) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.hint = f"quote it: '{text}'" if len(text) <= MAX_DIGITS * 2 else "quote it"


def resolve(text: str) -> Value:
    """Return what the plain scalar means.

    :raises Ambiguous: readers do not agree, or a number is out of range.
    """
    if text[:1] not in DOUBTFUL_STARTS:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in _NUMBER_STARTS:
        return _number(text)
    if text.lower() in _AMBIGUOUS_WORDS:
        raise _disputed(text, _WORDS_TO_SOME.get(text.lower(), "true"))
    return text


def resolve_key(text: str) -> Value:
    """Return what the plain scalar means as a key.

    :raises Ambiguous: as :func:`resolve` does, but for ``y`` and ``n``.
    """
    return text if text in _LETTERS else resolve(text)


def is_plain_string(text: str) -> bool:
    """Whether every reader takes the plain scalar for a string."""
    try:
        return isinstance(resolve(text), str)
    except Ambiguous:
        return False


def is_plain_key(text: str) -> bool:
    """Whether the plain scalar is a string where it stands as a key."""
    return text in _LETTERS or is_plain_string(text)


def _number(text: str) -> Value:
    if _INTEGER.fullmatch(text):
        if len(text.lstrip("-")) > MAX_DIGITS:
            raise Ambiguous(text, f"the integer {shown(text)} has more than {MAX_DIGITS} digits", FaultKind.LIMIT)
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise Ambiguous(text, f"the number {shown(text)} is too large", FaultKind.LIMIT)
        return number
    if _DATE.fullmatch(text):
        raise _disputed(text, "a date")
    if _NUMBER_FOR_SOME.fullmatch(text):
        raise _disputed(text, *_numbers(text))
    return text


def _disputed(text: str, *meanings: str) -> Ambiguous:
    some, others = (*meanings, "text")[:2]
    return Ambiguous(text, f"YAML readers do not agree on what {shown(text)} means: {some} to some, {others} to others")


def _numbers(text: str) -> tuple[str, ...]:
    """Return what a number that not all readers take for one means to some of them, and to others where not text."""
    sign, digits = "-" * text.startswith("-"), text.lstrip("+-").replace("_", "")
    if len(text) <= MAX_DIGITS and _OCTAL.fullmatch(digits):
        return f"{sign}{int(digits, 8)}", f"{sign}{int(digits)}"
    if len(text) <= MAX_DIGITS and _TO_BASE_60.fullmatch(digits):
        return (f"{sign}{reduce(lambda left, right: left * 60 + int(right), digits.split(':'), 0)}",)
    return ("not a number",) if text.lower() == ".nan" else ("a number",)
