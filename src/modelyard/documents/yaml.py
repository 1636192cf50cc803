"""The strict YAML reader: bytes to plain values, or every reason why not, each at its line and column.

Accepted is the YAML that every reader reads alike, without tags, anchors, aliases, merge keys,
directives, further documents, keys that are not strings, or keys that stand twice. Scalars are
judged by :mod:`modelyard.documents.yaml_scalars`, characters by
:mod:`modelyard.documents.characters`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from modelyard.documents.characters import decode
from modelyard.documents.document import Document
from modelyard.documents.yaml_plain import NotPlain, read_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Marks, Path
    from modelyard.documents.yaml_engines import Engine

__all__ = ["read"]


def read(data: bytes) -> Document:
    """Return the document that the bytes spell; an empty one holds None.

    :raises Unreadable: with every fault that one pass finds; a fault in the syntax, a limit or a
        second document ends the pass.
    """
    return _read(data)


def _read(data: bytes, engine: Engine | None = None) -> Document:
    text = decode(data)
    try:
        value = read_plain(text)
    except NotPlain:
        from modelyard.documents.yaml_strict import read_strict

        value = read_strict(text, engine) if engine else read_strict(text)
    return Document(value, partial(_marks, text, engine))


def _marks(text: str, engine: Engine | None) -> Mapping[Path, Marks]:
    from modelyard.documents.yaml_strict import marks_of

    return marks_of(text, engine) if engine else marks_of(text)
