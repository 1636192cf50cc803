"""MY620: does the archive of retired versions keep every line that it ever had, and can each be read?"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from modelyard.documents.limits import MAX_LINES
from modelyard.problems import Position
from modelyard.rules.claims import Claim, claim_of
from modelyard.rules.differences import first_differing_line
from modelyard.rules.finding import Finding
from modelyard.rules.restoring import restore
from modelyard.tree import MAX_READ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition
    from modelyard.tree import Tree

__all__ = ["append_only"]

_MOST_BYTES = 16 << 20  # lines of ten thousand retired versions
_MOST_FAULTS = 10


def append_only(transition: Transition) -> Findings:
    """An archive only grows at its end: what the base's file holds, the head's begins with, line by line.

    Each line is one JSON object, as strict as any document: a figure that hides or reads in two ways would stay for
    ever.

    Bad:
        -{"version": "1.0.0", "accuracy": 0.81}
        +{"version": "1.0.0", "accuracy": 0.91}
    Good:
         {"version": "1.0.0", "accuracy": 0.81}
        +{"version": "1.0.1", "accuracy": 0.84}
    """
    for path in transition.changes.files:
        if claim_of(path) is not Claim.ARCHIVE:
            continue
        before, after = _bytes(transition.base.tree, path), _bytes(transition.head.tree, path)
        hint = f"{restore(transition, path)}; then write new lines at the end"
        if after is None:
            if before is not None:
                yield Finding(path, f"{path} is gone, but an archive only grows", hint)
        elif not _continues(before or b"", after):
            place = _first_difference(before or b"", after)
            yield Finding(path, "what was there is changed, but an archive only grows at its end", hint, place)
        elif _is_too_much(before or b"", after):
            limits = f"{MAX_READ:,} bytes and {MAX_LINES:,} lines in one change, and {_MOST_BYTES:,} bytes in all"
            yield Finding(path, f"the archive grows by more than is read: at most {limits}", hint)
        else:
            yield from islice(_unreadable(path, before or b"", after), _MOST_FAULTS)


def _continues(before: bytes, after: bytes) -> bool:
    """Whether the lines of one text are the first ones of another."""
    if not after.startswith(before):
        return False
    # A last line without an end could be written on.
    return after[len(before) - 1 : len(before)] in (b"", b"\n") or after[len(before) : len(before) + 1] in (b"", b"\n")


def _first_difference(before: bytes, after: bytes) -> Position | None:
    if len(before) + len(after) > 2 * MAX_READ:
        return None
    return next((place for _what, place in first_differing_line(before, after)), None)


def _is_too_much(before: bytes, after: bytes) -> bool:
    more = len(after) - len(before)
    return len(after) > _MOST_BYTES or more > MAX_READ or after.count(b"\n", len(before)) > MAX_LINES


def _unreadable(path: str, before: bytes, after: bytes) -> Iterator[Finding]:
    """Yield what is wrong with the lines that are new."""
    from modelyard.documents import json
    from modelyard.documents.document import Unreadable

    new = after[len(before) :].removeprefix(b"\n" if before[-1:] not in (b"", b"\n") else b"")
    first = after[: len(after) - len(new)].count(b"\n") + 1
    for number, line in enumerate(new.removesuffix(b"\n").split(b"\n") if new else (), first):
        try:
            value = json.read(line).value
        except Unreadable as unreadable:
            for fault in unreadable.faults:
                # Each line is read as if it were the first one, and speaks of no other.
                message = fault.message.partition(", first on line ")[0]
                yield Finding(path, message, fault.hint, Position(number, fault.position.column))
            continue
        if not isinstance(value, dict):
            hint = 'write one object on the line, such as {"version": "1.0.0", "accuracy": 0.81}'
            yield Finding(path, "a line of an archive is no JSON object", hint, Position(number, 1))


class _Gathered:
    """Takes as many bytes as an archive may have, and one more."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes, /) -> None:
        self.data += data[: _MOST_BYTES + 1 - len(self.data)]


def _bytes(tree: Tree, path: str) -> bytes | None:
    leaf = tree.leaf(path)
    if leaf is None or not leaf.kind.is_file:
        return None
    gathered = _Gathered()
    tree.stream(path, gathered)
    return bytes(gathered.data)
