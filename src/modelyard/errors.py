"""Exceptions: modelyard or its surroundings cannot go on.

What is wrong with the user's registry is never an exception, it is a
:class:`modelyard.problems.Problem`. Each class carries the exit code that the command line
ends with when it is raised.
"""

from __future__ import annotations

__all__ = ["DigestMismatch", "MissingClient", "ModelyardError", "NotFinished", "Refused", "UsageError"]


class ModelyardError(Exception):
    """Base of every exception that modelyard raises on purpose.

    Its text is the message alone; a traceback shows the hint below it (from Python 3.11 on).

    :param message: what is wrong, one sentence without a full stop at the end.
    :param hint: what to do next, where possible as a command that can be pasted.
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint:
            self._note(f"hint: {hint}")

    def _note(self, note: str) -> None:
        # A traceback shows notes below the message; Python 3.10 knows none.
        if hasattr(self, "add_note"):
            self.add_note(note)


class UsageError(ModelyardError):
    """Wrong usage, a broken policy, or nothing that matched. Exit code 2."""

    exit_code = 2


class MissingClient(UsageError):
    """A package that speaks to a remote is not installed. Exit code 2."""


class Refused(ModelyardError):
    """The registry's rules do not allow it. Exit code 1."""

    exit_code = 1


class DigestMismatch(Refused):
    """Bytes are not the bytes that were reviewed. Exit code 1."""


class NotFinished(ModelyardError):
    """Something outside was missing: network, object, disk, lock, base. Exit code 3."""
