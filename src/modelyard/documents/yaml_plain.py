"""The quick way through plain YAML: block style, one line for each key or item, values on their line.

That is how modelyard writes its documents and how most people write theirs, and line by line it is read
several times as fast as from a parser's events. Whatever is outside of this narrow grammar is no fault:
it is left to the strict reader, which accepts everything that is accepted here, with the same value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.documents.limits import MAX_NODES
from modelyard.documents.yaml_scalars import resolve, resolve_key

if TYPE_CHECKING:
    from modelyard.documents.document import Value

__all__ = ["NotPlain", "read_plain"]

# A scalar without quotes, one with them, and a list on one line; at most one of them is there.
_Written = tuple[str, str, str]
_NOTHING = ("", "", "")
_DEEPEST = 20
# The expression keeps a state for each character of a scalar: a megabyte of one word would fill the memory.
_LONGEST = 1 << 16
_KEY = r"[A-Za-z0-9_][A-Za-z0-9_./@+-]{0,99}"
_WORD = r"[A-Za-z0-9_./@+-]+"
# A scalar without quotes: no comment, no colon before a space, no space at its end, no indicator to start with.
_SCALAR = r"-?[A-Za-z0-9_./(](?:[A-Za-z0-9_ ./@+=~$^*();,'\"-]|:(?=[A-Za-z0-9/]))*(?<![ ])"
_LINE = re.compile(
    rf"""^(?P<indent>\ *)(?:
        (?P<dash>-\ )?
        (?:(?P<key>{_KEY}|'{_KEY}'|"{_KEY}"):(?=[\ \n])\ ?)?
        (?:
            (?P<scalar>{_SCALAR})
            |(?P<quoted>'[\x20-\x26\x28-\x7e]*'|"[\x20\x21\x23-\x5b\x5d-\x7e]*")
            |\[(?P<flow>{_WORD}(?:,\ {_WORD})*)\]
        )?
        |\#[^\n]*
    )\n""",
    re.ASCII | re.MULTILINE | re.VERBOSE,
)


class NotPlain(Exception):
    """The text is outside of the grammar that is read here."""


def read_plain(text: str) -> Value:
    """Return what a text of sound characters spells.

    :raises NotPlain: it is not written plainly enough to be read line by line.
    """
    if len(text) > _LONGEST or not text.isascii() or "\t" in text:
        raise NotPlain
    text = text if text.endswith("\n") else f"{text}\n"
    lines = _LINE.findall(text)
    if len(lines) != text.count("\n") or len(lines) * 3 > MAX_NODES:
        raise NotPlain
    reader = _Reader()
    try:
        for indent, dash, key, scalar, quoted, flow in lines:
            if dash or key:
                reader.take(len(indent), bool(dash), key, (scalar, quoted, flow))
            elif scalar or quoted or flow:
                raise NotPlain
    except ValueError:
        # Ambiguous, or not a string where a key stands: told by the strict reader.
        raise NotPlain from None
    return reader.value()


class _Reader:
    """Puts lines together; a line that does not fit below what is open is not plain."""

    def __init__(self) -> None:
        # Open collections with the column of their keys or dashes; the first one is the document.
        self._open: list[tuple[int, dict[str, Value] | list[Value]]] = []
        self._root: Value = None
        # A mapping, its last key and their column, where the value is still to come.
        self._pending: tuple[dict[str, Value], str, int] | None = None

    def take(self, column: int, dash: bool, key: str, written: _Written) -> None:  # noqa: FBT001 - the hot path
        if dash:
            items = self._items(column)
            if not key:
                items.append(_value(written))
                return
            column += 2
            mapping: dict[str, Value] = {}
            items.append(mapping)
            self._open.append((column, mapping))
        else:
            mapping = self._mapping(column)
        name = key[1:-1] if key[0] in "'\"" else resolve_key(key)
        if not isinstance(name, str) or name in mapping or len(self._open) > _DEEPEST:
            raise NotPlain
        if written == _NOTHING:
            mapping[name] = None
            self._pending = (mapping, name, column)
        else:
            mapping[name] = _value(written)

    def value(self) -> Value:
        if not self._open:
            raise NotPlain
        return self._root

    def _items(self, column: int) -> list[Value]:
        pending, self._pending = self._pending, None
        if not self._open or (pending and column >= pending[2]):
            items: list[Value] = []
            self._enter(pending, column, items)
            return items
        while self._open and self._open[-1][0] > column:
            self._open.pop()
        if self._open and self._open[-1][0] == column and isinstance(self._open[-1][1], list):
            return self._open[-1][1]
        raise NotPlain

    def _mapping(self, column: int) -> dict[str, Value]:
        pending, self._pending = self._pending, None
        if pending is None and self._open:
            top, collection = self._open[-1]
            if top == column and isinstance(collection, dict):
                return collection
        if not self._open or (pending and column > pending[2]):
            mapping: dict[str, Value] = {}
            self._enter(pending, column, mapping)
            return mapping
        while self._open and (self._open[-1][0] > column or isinstance(self._open[-1][1], list)):
            if self._open[-1][0] < column:
                break
            self._open.pop()
        if self._open and self._open[-1][0] == column and isinstance(self._open[-1][1], dict):
            return self._open[-1][1]
        raise NotPlain

    def _enter(
        self,
        pending: tuple[dict[str, Value], str, int] | None,
        column: int,
        collection: dict[str, Value] | list[Value],
    ) -> None:
        value: Value = collection
        if pending:
            pending[0][pending[1]] = value
        elif column:
            raise NotPlain
        else:
            self._root = value
        self._open.append((column, collection))


def _value(written: _Written) -> Value:
    scalar, quoted, flow = written
    if scalar:
        return resolve(scalar)
    if quoted:
        return quoted[1:-1]
    if flow:
        return [resolve(word) for word in flow.split(", ")]
    raise NotPlain
