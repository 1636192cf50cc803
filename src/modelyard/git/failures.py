"""What can go wrong between us and Git."""

from __future__ import annotations

from modelyard.errors import ModelyardError, NotFinished

__all__ = ["GitFailed", "MissingObject", "TooLarge"]


class GitFailed(NotFinished):
    """Git ended with an error that nobody foresaw; ``complaint`` is the first line it printed."""

    def __init__(self, command: str, returncode: int, complaint: str) -> None:
        super().__init__(f"git {command} failed with exit code {returncode}: {complaint or 'it gave no reason'}")
        self.returncode = returncode
        self.complaint = complaint


class MissingObject(NotFinished):
    """The repository does not hold an object that it refers to."""


class TooLarge(ModelyardError):
    """A file or object is larger than what its reader is willing to hold; sizes are in bytes."""

    def __init__(self, what: str, *, size: int, limit: int) -> None:
        super().__init__(f"{what} has {size} bytes, at most {limit} are read")
        self.size = size
        self.limit = limit
