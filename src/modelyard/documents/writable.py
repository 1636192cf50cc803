"""Values that may be written: what the strict readers would read back to the same value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from modelyard.documents.characters import describe, first_forbidden
from modelyard.documents.faults import shown
from modelyard.documents.limits import MAX_BYTES, MAX_DEPTH, MAX_DIGITS, MAX_NODES, TOO_DEEP, TOO_MANY, too_large
from modelyard.errors import UsageError

if TYPE_CHECKING:
    from modelyard.documents.document import Path, Value

__all__ = ["Unwritable", "require_size", "require_writable"]


class Unwritable(UsageError, ValueError):
    """The value cannot stand in a strict document."""


def require_writable(value: Value) -> None:
    """Do nothing where the value can be written.

    :raises Unwritable: a number that is not finite or has too many digits, a forbidden character, a
        type that documents do not know, or more depth or nodes than a reader takes.
    """
    count = 0
    waiting: list[tuple[Path, object]] = [((), value)]
    while waiting:
        path, node = waiting.pop()
        count += 1
        if isinstance(node, dict):
            count += len(node)
            waiting.extend(((*path, _key(path, key)), child) for key, child in node.items())
        elif isinstance(node, list):
            waiting.extend(((*path, index), child) for index, child in enumerate(node))
        else:
            _require_scalar(path, node)
        if len(path) == MAX_DEPTH and isinstance(node, (dict, list)):
            raise Unwritable(TOO_DEEP[0], hint=TOO_DEEP[1])
        if count > MAX_NODES:
            raise Unwritable(TOO_MANY[0], hint=TOO_MANY[1])


def require_size(data: bytes) -> bytes:
    """Return the rendered document.

    :raises Unwritable: a reader would refuse it as too large.
    """
    if len(data) > MAX_BYTES:
        message, hint = too_large(len(data))
        raise Unwritable(message, hint=hint)
    return data


def _key(path: Path, key: object) -> str:
    if not isinstance(key, str):
        raise Unwritable(f"{_place(path)} has the key {shown(str(key))}, which is not a string")
    _require_characters(path, key)
    return key


def _require_scalar(path: Path, value: object) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _require_characters(path, value)
    elif isinstance(value, int):
        if abs(value) >= 10**MAX_DIGITS:
            raise Unwritable(f"{_place(path)} is an integer of more than {MAX_DIGITS} digits", hint="write it as text")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Unwritable(f"{_place(path)} is {value}, which is not a finite number", hint="leave it out")
    else:
        raise Unwritable(f"{_place(path)} is a {type(value).__name__}, which no document can hold")


def _require_characters(path: Path, text: str) -> None:
    forbidden = first_forbidden(text)
    if forbidden:
        message, hint = describe(forbidden)
        raise Unwritable(f"{_place(path)} cannot be written: {message}", hint=hint)


def _place(path: Path) -> str:
    return shown(".".join(str(step) for step in path)) if path else "the value"
