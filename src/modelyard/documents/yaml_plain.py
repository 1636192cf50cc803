"""The quick way through plain YAML: block style, one line for each key or item, values on their line.

That is how modelyard writes its documents and how most people write theirs, and line by line it is read
several times as fast as from a parser's events. Whatever is outside of this narrow grammar is no fault:
it is left to the strict reader, which accepts everything that is accepted here, with the same value.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from modelyard.documents.limits import MAX_NODES
from modelyard.documents.yaml_scalars import DOUBTFUL_STARTS, resolve, resolve_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelyard.documents.document import Value

__all__ = ["NotPlain", "read_plain"]

# A line: its indent, whether it begins with a dash, its key, and of a scalar without quotes, one with them, and a
# list on one line at most one.
_Line = tuple[str, str, str, str, str, str]
_Collection = dict[str, "Value"] | list["Value"]
_DEEPEST = 20
# The expression keeps a state for each character of a scalar: a megabyte of one word would fill the memory.
_LONGEST = 1 << 16
_KEY = r"[A-Za-z0-9_][A-Za-z0-9_./@+-]{0,99}"
_WORD = r"[A-Za-z0-9_./@+-]+"
# A scalar without quotes: no comment, no colon before a space, no space at its end, no indicator to start with.
_IN_SCALAR = r"[A-Za-z0-9_ ./@+=~$^*();,'\"-]*"
_SCALAR = rf"-?[A-Za-z0-9_./(]{_IN_SCALAR}(?::(?=[A-Za-z0-9/]){_IN_SCALAR})*(?<![ ])"
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
    try:
        return _put_together(lines)
    except ValueError:
        # Ambiguous, or not a string where a key stands: told by the strict reader.
        raise NotPlain from None


def _put_together(lines: Iterable[_Line]) -> Value:
    """Return what lines spell; one that does not fit below what is open is not plain."""
    nest = _Nest()
    for indent, dash, key, scalar, quoted, flow in lines:
        if not (key or (dash and (scalar or quoted or flow))):
            if dash or scalar or quoted or flow:
                raise NotPlain
            continue
        column = len(indent)
        collection = nest.collection
        # Most lines go on with the collection of the line before.
        if column != nest.column or nest.pending or type(collection) is not (list if dash else dict):
            collection = nest.at(column, list if dash else dict)
        if dash and key:
            mapping: _Collection = {}
            collection.append(mapping)  # type: ignore[union-attr]
            column, collection = column + 2, mapping
            nest.open(column, mapping)
        value = _value(scalar, quoted, flow)
        if type(collection) is list:
            collection.append(value)
            continue
        name = _name(key)
        if name in collection:
            raise NotPlain
        collection[name] = value  # type: ignore[call-overload]
        if value is None and not scalar:
            nest.pending = name
    return nest.root()


def _value(scalar: str, quoted: str, flow: str) -> Value:
    if scalar:
        return resolve(scalar) if scalar[0] in DOUBTFUL_STARTS else scalar
    if quoted:
        return quoted[1:-1]
    return [resolve(word) for word in flow.split(", ")] if flow else None


class _Nest:
    """The collections that are open: each with the column of its keys or dashes, the document's own first.

    ``pending`` is the last key of the innermost one where its value is still to come.
    """

    def __init__(self) -> None:
        self.collection: _Collection | None = None
        self.column = 0
        self.pending: str | None = None
        self._open: list[tuple[int, _Collection]] = []

    def root(self) -> Value:
        if not self._open:
            raise NotPlain
        return self._open[0][1]

    def open(self, column: int, collection: _Collection) -> None:
        if len(self._open) > _DEEPEST:
            raise NotPlain
        self._open.append((column, collection))
        self.column, self.collection = column, collection

    def at(self, column: int, kind: type[_Collection]) -> _Collection:
        """Return the collection that a line in a column goes on with, or the one that it begins."""
        pending, self.pending = self.pending, None
        # The items below a key may begin in its own column.
        if not self._open or (pending and (column > self.column or (kind is list and column == self.column))):
            return self._begun(column, kind(), pending)
        while self._open and self._open[-1][0] > column:
            self._open.pop()
        # A list ends where keys stand in the column of its dashes.
        if self._open and self._open[-1][0] == column and kind is dict and type(self._open[-1][1]) is list:
            self._open.pop()
        if self._open and self._open[-1][0] == column and type(self._open[-1][1]) is kind:
            self.column, self.collection = self._open[-1]
            return self.collection
        raise NotPlain

    def _begun(self, column: int, collection: _Collection, pending: str | None) -> _Collection:
        if pending and isinstance(self.collection, dict):
            self.collection[pending] = collection
        elif column:
            raise NotPlain
        self.open(column, collection)
        return collection


@lru_cache(maxsize=4096)
def _name(key: str) -> str:
    name = key[1:-1] if key[0] in "'\"" else resolve_key(key)
    if not isinstance(name, str):
        raise NotPlain
    return name
