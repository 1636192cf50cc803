"""What became of a model card, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.version_directory import VersionDirectory

__all__ = ["MOST_LINES", "card_changes"]

MOST_LINES = 120
"""How many lines of a difference are told."""

_FILE = "MODEL_CARD.md"
_CONTEXT = 1
# Comparing takes time by the square of the lines; cards are read by people.
_LARGEST = 2000


def card_changes(newer: VersionDirectory, older: VersionDirectory | None) -> tuple[str, ...]:
    """Return what is different in the card: each line with ``+``, ``-`` or a space before it, ``…`` between places.

    A card that follows none is told as a whole. Where there is more than :data:`MOST_LINES`, the last line says how
    much.
    """
    ours, theirs = _lines(newer), _lines(older) if older else []
    if ours is None or theirs is None:
        return ("… the card is no text, or too long to be compared here",)
    told = list(_told(theirs, ours))
    if len(told) <= MOST_LINES:
        return tuple(told)
    return (*told[:MOST_LINES], f"… {len(told) - MOST_LINES} more lines")


def _lines(version: VersionDirectory) -> list[str] | None:
    data = version.content(_FILE)
    if data is None:
        return []
    if not isinstance(data, bytes):
        return None
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return lines if len(lines) <= _LARGEST else None


def _told(older: Sequence[str], newer: Sequence[str]) -> Iterator[str]:
    from difflib import SequenceMatcher

    groups = list(SequenceMatcher(None, older, newer).get_grouped_opcodes(_CONTEXT))
    for number, group in enumerate(groups):
        if number:
            yield "…"
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                yield from (f" {line}" for line in older[start:end])
                continue
            yield from (f"-{line}" for line in older[start:end])
            yield from (f"+{line}" for line in newer[new_start:new_end])
