"""What can go wrong between us and Git."""

from __future__ import annotations

from modelyard.errors import ModelyardError, NotFinished, UsageError

__all__ = ["GitFailed", "MissingObject", "NotARepository", "TooLarge"]


class GitFailed(NotFinished):
    """Git ended with an error that nobody foresaw.

    ``complaint`` is the first line of what it printed as errors, ``output`` all that it printed besides.
    """

    def __init__(self, command: str, returncode: int, complaint: str, *, output: str = "") -> None:
        super().__init__(f"git {command} failed with exit code {returncode}: {complaint or 'it gave no reason'}")
        self.returncode = returncode
        self.complaint = complaint
        self.output = output


class NotARepository(UsageError):
    """There is no Git repository here."""


class MissingObject(NotFinished):
    """The repository does not hold an object that it refers to."""


class TooLarge(ModelyardError):
    """A file or object is larger than what its reader is willing to hold; sizes are in bytes."""

    def __init__(self, what: str, *, size: int, limit: int) -> None:
        super().__init__(f"{what} has {size} bytes, at most {limit} are read")
        self.size = size
        self.limit = limit
