"""Problems: what is wrong with a registry, as data."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["START", "Position", "Problem", "Row", "Severity", "sort_problems"]


Row = tuple[str, str, str, int, int, str, str]
"""A problem as plain values, see :attr:`Problem.row`."""


class Severity(str, Enum):
    """How much a problem weighs.

    ``error`` and ``review`` refuse a change; ``review`` can be waived by a reviewed entry in the
    policy that names exactly this thing. ``warning`` and ``note`` never refuse.
    """

    ERROR = "error"
    REVIEW = "review"
    WARNING = "warning"
    NOTE = "note"

    @property
    def refuses(self) -> bool:
        """Whether a problem of this severity ends a validation with exit code 1."""
        return self in (Severity.ERROR, Severity.REVIEW)


@dataclass(frozen=True, order=True)
class Position:
    """A place in a text file; line and column count from 1, columns in code points."""

    line: int
    column: int


START = Position(1, 1)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    :param code: the stable code of the rule, such as ``MY101``.
    :param path: POSIX path from the repository's root.
    :param position: place in that file, or None when the path itself is the problem.
    :param message: what is wrong, one sentence without a full stop at the end.
    :param hint: what to do next; a command wherever one exists.
    """

    code: str
    severity: Severity
    path: str
    position: Position | None
    message: str
    hint: str

    @classmethod
    def from_row(cls, row: Row) -> Problem:
        """Return the problem that :attr:`row` was taken from.

        :raises ValueError: no problem has that severity.
        """
        code, severity, path, line, column, message, hint = row
        position = Position(line, column) if line else None
        return cls(code, Severity(severity), path, position, message, hint)

    @property
    def row(self) -> Row:
        """The problem as plain values: what another process or a file can hold."""
        line, column = (self.position.line, self.position.column) if self.position else (0, 0)
        return (self.code, self.severity.value, self.path, line, column, self.message, self.hint)

    @property
    def sort_key(self) -> tuple[str, Position, str, str]:
        """Order of a report: by place, then by code, then by text."""
        return (self.path, self.position or Position(0, 0), self.code, self.message)

    @property
    def fingerprint(self) -> tuple[str, str, str]:
        """What makes a problem the same on base and on head, wherever its line has moved to."""
        return (self.code, self.path, self.message)


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems in the order of a report, each once."""
    return tuple(sorted(set(problems), key=lambda problem: problem.sort_key))
