"""Rendering of YAML in block style, so that every reader reads back the equal value.

A string is quoted exactly where some YAML reader would take it for something else; text of several
lines becomes a literal block. Keys keep their order, and nothing is wrapped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.writable import Unwritable, require_size, require_writable
from modelyard.documents.yaml_scalars import is_plain_key, is_plain_string
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.document import Value

__all__ = [
    "Style",
    "block_lines",
    "double_quoted",
    "entry_lines",
    "indented",
    "inline",
    "item_lines",
    "key_text",
    "render",
    "single_quoted",
]

_MAX_KEY = 1000

_INDICATORS = frozenset(",[]{}#&*!|>'\"%@`")
_FLOW_INDICATORS = frozenset(",[]{}:?")
_MARKERS = ("---", "...")
_AFTER_DASH = "  "
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t"})


@dataclass(frozen=True)
class Style:
    """How a block is laid out: what a level is moved by, and whether text may stand in literal blocks."""

    indent: str = "  "
    literals: bool = True


_USUAL = Style()


def render(value: Value) -> bytes:
    """Return the value as YAML, with a line feed at the end.

    ``documents.yaml.read(render(value)).value == value`` holds for every value that is not refused.

    :raises Unwritable: the value cannot stand in a strict document; it is a ValueError too.
    """
    require_writable(value)
    return require_size(("\n".join(block_lines(value)) + "\n").encode())


def block_lines(value: Value, style: Style = _USUAL) -> list[str]:
    """Return the lines of a value in block style, without indentation."""
    if isinstance(value, dict) and value:
        return [line for key, child in value.items() for line in entry_lines(key, child, style)]
    if isinstance(value, list) and value:
        return [line for child in value for line in item_lines(child, style)]
    if isinstance(value, str) and style.literals and _fits_literal(value):
        return _literal_lines(value, style)
    return [inline(value)]


def entry_lines(key: str, value: Value, style: Style = _USUAL) -> list[str]:
    """Return the lines of a key and its value in a block mapping.

    :raises Unwritable: the key is longer than YAML lets a key on one line be.
    """
    name = key_text(key)
    if len(name) > _MAX_KEY:
        raise Unwritable(f"the key {key[:20]!r}… has more than {_MAX_KEY} characters", hint="use a short key")
    lines = block_lines(value, style)
    if isinstance(value, (dict, list)) and value:
        return [f"{name}:", *indented(lines, style.indent)]
    return [f"{name}: {lines[0]}", *lines[1:]]


def item_lines(value: Value, style: Style = _USUAL) -> list[str]:
    """Return the lines of an item of a block list."""
    first, *rest = block_lines(value, style)
    return [f"- {first}", *indented(rest, _AFTER_DASH)]


def indented(lines: list[str], by: str) -> list[str]:
    """Return the lines moved to the right; empty ones stay empty."""
    return [by + line if line else line for line in lines]


def inline(value: Value, *, in_flow: bool = False) -> str:
    """Return the value on one line, collections in brackets."""
    if isinstance(value, dict):
        pairs = (f"{key_text(key, in_flow=True)}: {inline(child, in_flow=True)}" for key, child in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(child, in_flow=True) for child in value) + "]"
    if isinstance(value, str):
        return _string(value, in_flow=in_flow, as_key=False)
    if isinstance(value, float):
        return _float(value)
    if value is None:
        return "null"
    return str(value).lower()


def key_text(key: str, *, in_flow: bool = False) -> str:
    """Return a key as it is written."""
    return _string(key, in_flow=in_flow, as_key=True)


def single_quoted(text: str) -> str | None:
    """Return the text in single quotes, or None where they cannot hold it on one line."""
    return None if "\n" in text or "\t" in text else "'" + text.replace("'", "''") + "'"


def double_quoted(text: str) -> str:
    """Return the text in double quotes, on one line."""
    return '"' + text.translate(_ESCAPES) + '"'


def _string(text: str, *, in_flow: bool, as_key: bool) -> str:
    if _stands_plain(text, as_key=as_key) and not (in_flow and _FLOW_INDICATORS.intersection(text)):
        return text
    return single_quoted(text) or double_quoted(text)


def _stands_plain(text: str, *, as_key: bool) -> bool:
    if not text or text != text.strip() or "\n" in text or "\t" in text:
        return False
    if text[0] in _INDICATORS or text.startswith(_MARKERS) or (text[0] in "-?:" and not text[1:2].isalnum()):
        return False
    return (
        ": " not in text
        and " #" not in text
        and not text.endswith(":")
        and (is_plain_key if as_key else is_plain_string)(text)
    )


def _fits_literal(text: str) -> bool:
    """Whether a literal block holds the text as it stands, and an editor that trims line ends leaves it so."""
    if "\n" not in text or "\t" in text or text[0] in " \n":
        return False
    lines = text.removesuffix("\n").split("\n")
    return lines[-1] != "" and all(line == line.rstrip(" ") for line in lines)


def _literal_lines(text: str, style: Style) -> list[str]:
    header = "|" if text.endswith("\n") else "|-"
    return [header, *indented(text.removesuffix("\n").split("\n"), style.indent)]


def _float(number: float) -> str:
    text = repr(number)
    mantissa, exponent_mark, exponent = text.partition("e")
    if exponent_mark and "." not in mantissa:
        return f"{mantissa}.0e{exponent}"
    return text
