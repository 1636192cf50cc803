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

_Collection = dict[str, "Value"] | list["Value"]
# A line: the column of its dash or key, the kind of collection that it goes on with, its key, its value, and whether
# the value is still to come. None for a line that says nothing.
_Line = tuple[int, type[_Collection], str | None, "Value", bool] | None
_DEEPEST = 20
# The expression keeps a state for each character of a scalar: a megabyte of one word would fill the memory.
_LONGEST = 1 << 16
_KEY = r"[A-Za-z0-9_][A-Za-z0-9_./@+-]{0,99}"
_WORD = r"[A-Za-z0-9_./@+-]+"
# A scalar without quotes: no comment, no colon before a space, no space at its end, no indicator to start with.
_IN_SCALAR = r"[A-Za-z0-9_ ./@+=~$^*();,'\"-]*"
_SCALAR = rf"-?[A-Za-z0-9_./(]{_IN_SCALAR}(?::(?=[A-Za-z0-9/]){_IN_SCALAR})*(?<![ ])"
_LINE = re.compile(
    rf"""(?P<indent>\ *)(?:
        (?P<dash>-\ )?
        (?:(?P<key>{_KEY}|'{_KEY}'|"{_KEY}"):(?=\ |\Z)\ ?)?
        (?:
            (?P<scalar>{_SCALAR})
            |(?P<quoted>'[\x20-\x26\x28-\x7e]*'|"[\x20\x21\x23-\x5b\x5d-\x7e]*")
            |\[(?P<flow>{_WORD}(?:,\ {_WORD})*)\]
        )?
        |\#.*
    )""",
    re.ASCII | re.VERBOSE,
)


class NotPlain(Exception):
    """The text is outside of the grammar that is read here."""


def read_plain(text: str) -> Value:
    """Return what a text of sound characters spells.

    :raises NotPlain: it is not written plainly enough to be read line by line.
    """
    if len(text) > _LONGEST or not text.isascii() or "\t" in text:
        raise NotPlain
    lines = text.split("\n")
    if len(lines) * 3 > MAX_NODES:
        raise NotPlain
    try:
        return _put_together(map(_line, lines))
    except ValueError:
        # Ambiguous, or not a string where a key stands: told by the strict reader.
        raise NotPlain from None


# Documents of one kind share most of their lines, so a thousand of them hold nearly all that the next one has.
@lru_cache(maxsize=1024)
def _line(text: str) -> _Line:
    """Return what one line says.

    :raises NotPlain: it is outside of the grammar.
    """
    found = _LINE.fullmatch(text)
    if not found:
        raise NotPlain
    indent, dash, key, scalar, quoted, flow = found.groups("")
    has_value = bool(scalar or quoted or flow)
    if not key and not (dash and has_value):
        if dash or has_value:
            raise NotPlain
        return None
    kind: type[_Collection] = dict
    if dash:
        kind = list
    return len(indent), kind, _name(key) if key else None, _value(scalar, quoted, flow), not has_value


def _put_together(lines: Iterable[_Line]) -> Value:
    """Return what lines spell; one that does not fit below what is open is not plain."""
    nest = _Nest()
    for line in lines:
        if line is None:
            continue
        column, kind, name, value, is_pending = line
        collection = nest.collection
        # Most lines go on with the collection of the line before.
        if column != nest.column or nest.pending or type(collection) is not kind:
            collection = nest.at(column, kind)
        if kind is list and name:
            mapping: _Collection = {}
            collection.append(mapping)  # type: ignore[union-attr]
            column, collection = column + 2, mapping
            nest.open(column, mapping)
        if type(value) is list:
            # The line may be met again, and each document has a list of its own.
            value = value.copy()
        if name is None:
            collection.append(value)  # type: ignore[union-attr]
            continue
        if name in collection:
            raise NotPlain
        collection[name] = value  # type: ignore[call-overload]
        if is_pending:
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


def _name(key: str) -> str:
    name = key[1:-1] if key[0] in "'\"" else resolve_key(key)
    if not isinstance(name, str):
        raise NotPlain
    return name
