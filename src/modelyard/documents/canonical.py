"""Canonical JSON: one value, one sequence of bytes, so that a digest of it means something.

The form is that of RFC 8785 (JSON Canonicalization Scheme): no white space, members sorted by the UTF-16 code
units of their keys, text in UTF-8 with the fewest escapes, numbers as ECMAScript prints a double. Source: A. Rundgren,
B. Jordan, S. Erdtman, "JSON Canonicalization Scheme (JCS)", RFC 8785, 2020, sections 3.2.2 and 3.2.3.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.document import Value

__all__ = ["canonical", "digest"]

# ECMAScript prints doubles plainly below 10^21 and from 10^-6.
_PLAIN_BELOW, _PLAIN_FROM = 21, -6


def canonical(value: Value) -> bytes:
    """Return the value as canonical JSON; mappings that hold the same give the same, in whatever order.

    :raises ValueError: a number is no finite double or not exactly one, or a text holds half a surrogate pair; it
        has no canonical form.
    """
    return "".join(_pieces(value)).encode("utf-8")


def digest(value: Value) -> str:
    """Return the SHA-256 of the value's canonical JSON, as ``sha256:`` and 64 hexadecimal digits.

    :raises ValueError: as for :func:`canonical`.
    """
    from hashlib import sha256

    return f"sha256:{sha256(canonical(value)).hexdigest()}"


def _pieces(value: Value) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for number, key in enumerate(sorted(value, key=_utf_16)):
            yield ("," if number else "") + _text(key) + ":"
            yield from _pieces(value[key])
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            yield "," if number else ""
            yield from _pieces(item)
        yield "]"
    else:
        yield _scalar(value)


def _scalar(value: str | float | bool | None) -> str:  # noqa: FBT001 - a value of JSON
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return _number(value)


def _utf_16(key: str) -> bytes:
    # Big-endian bytes sort as the code units do.
    return key.encode("utf-16-be", "surrogatepass")


def _text(text: str) -> str:
    # What json leaves as it is and what it escapes, and how, is just what the RFC wants.
    return json.dumps(text, ensure_ascii=False)


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no JSON")
    if float(value) != value:
        raise ValueError(f"{value} is not exactly a double")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, exponent = _shortest(abs(float(value)))
    if 0 < exponent <= _PLAIN_BELOW:
        return sign + _with_point(digits.ljust(exponent, "0"), exponent)
    if _PLAIN_FROM < exponent <= 0:
        return f"{sign}0.{'0' * -exponent}{digits}"
    return f"{sign}{_with_point(digits, 1)}e{exponent - 1:+d}"


def _shortest(value: float) -> tuple[str, int]:
    """Return the fewest digits that name a double, and where the point stands: the value is 0.DIGITS * 10^exponent."""
    mantissa, _, power = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    exponent = len(whole) + int(power or 0) - (len(whole + fraction) - len(digits))
    return digits.rstrip("0"), exponent


def _with_point(digits: str, place: int) -> str:
    return f"{digits[:place]}.{digits[place:]}" if len(digits) > place else digits
