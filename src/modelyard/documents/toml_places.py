"""Where a key stands in a TOML file: the standard library's reader does not say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.problems import START, Position

if TYPE_CHECKING:
    from modelyard.documents.document import Path

__all__ = ["locate"]

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"[ \t]*\[\[?[ \t]*({_KEYS})[ \t]*\]\]?")
_PAIR = re.compile(rf"[ \t]*({_KEYS})[ \t]*=")
_INLINE = re.compile(rf"[{{,][ \t]*({_KEYS})[ \t]*=")


def locate(text: str, path: Path) -> Position:
    """Return where the key at the end of a path stands in a sound text; where it cannot be told, its nearest parent.

    Text of several lines that looks like keys may be taken for them: a message then points at the wrong line.
    """
    best, place = 0, START
    header: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        match = _HEADER.match(line) or _PAIR.match(line)
        if match is None:
            continue
        keys = _split(match[1])
        if match.re is _HEADER:
            header = keys
        found = keys if match.re is _HEADER else (*header, *keys)
        for full, column in [(found, match.start(1)), *_inline(line, match.end(), found)]:
            length = _common(full, path)
            if length > best:
                best, place = length, Position(number, column + 1)
    return place


def _inline(line: str, start: int, parent: tuple[str, ...]) -> list[tuple[tuple[str, ...], int]]:
    """Return the keys of an inline table on one line; those of a table in a table are taken for its neighbours."""
    return [((*parent, *_split(match[1])), match.start(1)) for match in _INLINE.finditer(line, start)]


def _split(keys: str) -> tuple[str, ...]:
    return tuple(each.strip("\"'") for each in re.findall(_KEY, keys))


def _common(found: tuple[str, ...], path: Path) -> int:
    """Return how many keys of a path lead to what was found, 0 where it lies elsewhere."""
    return len(found) if path[: len(found)] == found else 0
