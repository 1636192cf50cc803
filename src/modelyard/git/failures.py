"""What can go wrong between us and Git."""

from __future__ import annotations

from modelyard.errors import ModelyardError, NotFinished, UsageError

__all__ = ["GitFailed", "LeftOut", "MissingObject", "NotARepository", "OutOfReach", "TooLarge"]


class GitFailed(NotFinished):
    """Git ended with an error that nobody foresaw.

    ``complaint`` is the first line of what it printed as errors, ``output`` all that it printed besides.
    """

    def __init__(self, command: str, returncode: int, complaint: str, *, output: str = "") -> None:
        super().__init__(
            f"git {command} failed with exit code {returncode}: {complaint or 'it gave no reason'}",
            hint="git fsck" if complaint.endswith("is corrupt") else None,
        )
        self.returncode = returncode
        self.complaint = complaint
        self.output = output


class NotARepository(UsageError):
    """There is no Git repository here."""


class MissingObject(NotFinished):
    """The repository does not hold an object that it refers to, or not as it was written."""


class LeftOut(MissingObject):
    """A partial clone left out an object when it was made, and nothing is fetched behind the user's back."""

    def __init__(self, object_id: str) -> None:
        super().__init__(
            f"object {object_id} was left out of this partial clone",
            hint="git -c remote.origin.partialCloneFilter= fetch --refetch origin",
        )


class OutOfReach(NotFinished):
    """What is wanted was never fetched from a remote repository, and nothing may be fetched now."""


class TooLarge(ModelyardError):
    """A file or object is larger than what its reader is willing to hold; sizes are in bytes."""

    def __init__(self, what: str, *, size: int, limit: int) -> None:
        super().__init__(f"{what} has {size} bytes, at most {limit} are read")
        self.size = size
        self.limit = limit
