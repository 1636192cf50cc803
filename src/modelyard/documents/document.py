"""A strict document: plain values, and the place of each of them in the text."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.problems import Position
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Document", "Fault", "FaultKind", "Marks", "Path", "Unreadable", "Value"]

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]


class FaultKind(Enum):
    """Why bytes are not a strict document. Each kind has a rule of its own."""

    SYNTAX = "syntax"
    DUPLICATE_KEY = "duplicate key"
    FEATURE = "feature"
    AMBIGUOUS = "ambiguous scalar"
    LIMIT = "limit"
    CHARACTER = "character"


@dataclass(frozen=True)
class Fault:
    """One reason why bytes are not a strict document; message and hint are sentences of ours."""

    kind: FaultKind
    position: Position
    message: str
    hint: str


class Unreadable(Exception):
    """The bytes are not a strict document. Holds every fault that one pass could find, in order."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


@dataclass(frozen=True)
class Marks:
    """Where one node stands: its own first character, its key's, and a scalar as it is written."""

    value: Position
    key: Position | None
    raw: str | None


class Document:
    """One strictly read document.

    ``value`` holds plain Python values. Places are found by reading the same bytes once more, and
    only when somebody asks, since most documents have no problem to show.
    """

    def __init__(self, value: Value, marker: Callable[[], Mapping[Path, Marks]]) -> None:
        self.value = value
        self._marker = marker
        self._marks: Mapping[Path, Marks] | None = None

    def mapping(self) -> dict[str, Value]:
        """Return the value where it is a mapping, else an empty one."""
        return self.value if isinstance(self.value, dict) else {}

    def locate(self, path: Path) -> Position:
        """Return where the value at the path starts; a missing one is looked for in its parents."""
        return self._nearest(path).value

    def locate_key(self, path: Path) -> Position:
        """Return where the key of the path stands; for an item of a list, the item itself."""
        marks = self._nearest(path)
        return marks.key or marks.value

    def raw(self, path: Path) -> str | None:
        """Return the scalar at the path as it is written in the text, without quotes."""
        marks = self._all_marks().get(path)
        return marks.raw if marks else None

    def _nearest(self, path: Path) -> Marks:
        marks = self._all_marks()
        while path and path not in marks:
            path = path[:-1]
        return marks.get(path) or Marks(Position(1, 1), None, None)

    def _all_marks(self) -> Mapping[Path, Marks]:
        if self._marks is None:
            self._marks = self._marker()
        return self._marks
