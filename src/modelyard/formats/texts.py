"""JSON and text: what is left once nothing more special was recognised."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING

from modelyard.formats.facts import ArtifactFacts

if TYPE_CHECKING:
    from modelyard.formats.source import Source

__all__ = ["recognise"]

_LONGEST_JSON = 1024 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_BRACKETS = {ord("{"): b"}", ord("["): b"]"}


def recognise(source: Source) -> ArtifactFacts | None:
    """Return the facts of a JSON or another text file in UTF-8, or None.

    Text is judged by its first 64 KiB, JSON beyond 1 MiB by its first and last bracket.
    """
    if not source.size or not _is_text(source.head, whole=source.size == len(source.head)):
        return None
    return ArtifactFacts("json" if _is_json(source) else "text", None)


def _is_text(head: bytes, *, whole: bool) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(text) is None


def _is_json(source: Source) -> bool:
    start = source.head.lstrip()[:1]
    if not start or start[0] not in _BRACKETS:
        return False
    if source.size > _LONGEST_JSON:
        return source.tail(1024).rstrip().endswith(_BRACKETS[start[0]])
    try:
        # Numbers stay text, as Python refuses to read very long ones.
        json.loads(source.read(0, _LONGEST_JSON), parse_int=str)
    except (ValueError, RecursionError):
        return False
    return True
