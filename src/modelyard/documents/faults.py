"""The faults that a reader finds in one text: collected, ordered, raised together."""

from __future__ import annotations

from modelyard.documents.document import Fault, FaultKind, Unreadable
from modelyard.documents.lines import Lines

__all__ = ["Faults", "shown"]

_MOST = 100
_SHOWN = 40


def shown(text: str) -> str:
    """Return hostile text as one short, quoted, printable word for a message."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


class Faults:
    """What is wrong with one text. Beyond the first hundred, more faults say nothing new."""

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)
        self._found: list[Fault] = []

    def add(self, kind: FaultKind, offset: int, sentences: tuple[str, str]) -> None:
        """Note a fault: where it starts, in code points from 0, and its message and hint."""
        if len(self._found) < _MOST:
            self._found.append(Fault(kind, self.lines.position(offset), *sentences))

    def add_duplicate_key(self, key: str, offset: int, *, first: int) -> None:
        """Note a key that its mapping holds already, at the offset ``first``."""
        line = self.lines.number(first)
        self.add(
            FaultKind.DUPLICATE_KEY,
            offset,
            (f"the key {shown(key)} stands twice, first on line {line}", "keep one of the two"),
        )

    def refuse_any(self) -> None:
        """Do nothing where all is well.

        :raises Unreadable: with every fault noted, in the order of the text.
        """
        if self._found:
            raise Unreadable(tuple(sorted(self._found, key=lambda fault: fault.position)))
