"""Literals of pickle: opcodes that push one constant, and how its bytes are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.formats.symbols import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.formats.symbols import Symbol

__all__ = ["LITERALS"]

LONGEST_TEXT = 256
LARGEST_NUMBER = 2**63


def _bounded(number: int) -> Symbol:
    return number if abs(number) < LARGEST_NUMBER else UNKNOWN


def _signed(argument: bytes) -> Symbol:
    return _bounded(int.from_bytes(argument, "little", signed=True))


def _unsigned(argument: bytes) -> Symbol:
    return int.from_bytes(argument, "little")


def _decimal(argument: bytes) -> Symbol:
    return _bounded(int(argument.removesuffix(b"L")))


def _latin(argument: bytes) -> Symbol:
    return _short(argument.decode("latin-1"))


def _quoted(argument: bytes) -> Symbol:
    return _short(argument.decode("latin-1").strip("'\""))


def _escaped(argument: bytes) -> Symbol:
    return _short(argument.decode("raw-unicode-escape", "replace"))


def _unicode(argument: bytes) -> Symbol:
    return _short(argument.decode("utf-8", "replace"))


def _short(text: str) -> Symbol:
    return text if len(text) <= LONGEST_TEXT else UNKNOWN


LITERALS: dict[str, Callable[[bytes], Symbol]] = {
    "NONE": lambda _: None,
    "NEWTRUE": lambda _: 1,
    "NEWFALSE": lambda _: 0,
    "EMPTY_TUPLE": lambda _: (),
    "EMPTY_DICT": lambda _: {},
    "INT": _decimal,
    "LONG": _decimal,
    "BININT": _signed,
    "LONG1": _signed,
    "LONG4": _signed,
    "BININT1": _unsigned,
    "BININT2": _unsigned,
    "STRING": _quoted,
    "BINSTRING": _latin,
    "SHORT_BINSTRING": _latin,
    "UNICODE": _escaped,
    "BINUNICODE": _unicode,
    "SHORT_BINUNICODE": _unicode,
    "BINUNICODE8": _unicode,
}
"""For each opcode that pushes a constant: its argument's bytes to the constant's symbol.

Text beyond 256 characters and numbers beyond 63 bits become UNKNOWN. They raise ValueError on
bytes that spell no such constant.
"""
