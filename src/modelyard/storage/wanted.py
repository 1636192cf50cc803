"""What a registry says that bytes must be, and what was found instead."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

from modelyard.errors import DigestMismatch
from modelyard.storage.layout import is_directory_oid, is_oid
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from modelyard.documents.sealed import Sealed
    from modelyard.storage.digests import Digests

__all__ = ["Content", "Corruption", "Expected", "Named", "Outcome", "Wanted", "WantedDirectory"]


class Expected(Protocol):
    """An object and what its bytes must be."""

    @property
    def oid(self) -> str:
        """The object's id."""

    @property
    def limit(self) -> int:
        """Bytes that it has at most."""

    def difference(self, found: Digests) -> str | None:
        """Return how the found bytes differ from what is expected, or None when they do not."""


@dataclass(frozen=True)
class Named:
    """An object of which nothing is known beyond its name, which is its md5."""

    oid: str
    limit: int = sys.maxsize

    def difference(self, found: Digests) -> str | None:
        """Return how the found md5 differs from the name, or None when it does not."""
        if found.size > self.limit:
            return f"expected at most {self.limit} bytes, found more"
        expected = self.oid.partition(".")[0]
        return None if found.md5 == expected else f"expected md5 {expected}, found {found.md5}"


@dataclass(frozen=True)
class Content:
    """Identity of bytes: sha256 in lower-case hexadecimal, and their number.

    :param sealed: what is inside, where they are opened before they are put in place.
    """

    sha256: str
    size: int
    sealed: Sealed | None = None


@dataclass(frozen=True)
class Wanted:
    """One file: DVC's md5 to find it by, sha256 and size to know it by.

    :param sealed: what is inside, where it is opened before it is put in place.
    :raises ValueError: ``oid`` is not the object id of a file.
    """

    oid: str
    sha256: str
    size: int
    sealed: Sealed | None = None

    def __post_init__(self) -> None:
        if not is_oid(self.oid) or is_directory_oid(self.oid):
            raise ValueError(f"{self.oid!r} is not the object id of a file")

    @property
    def limit(self) -> int:
        """The exact number of bytes."""
        return self.size

    @property
    def standing(self) -> Content:
        """What stands in its place afterwards: what is inside where it is opened, else these bytes."""
        return Content(self.sealed.sha256, self.sealed.size) if self.sealed else Content(self.sha256, self.size)

    def difference(self, found: Digests) -> str | None:
        """Return how the found bytes differ from what is wanted, or None when they do not.

        Whoever cuts a stream after one byte too many may pass the digests of what he has.
        """
        expected = f"expected {self.size} bytes with sha256 {self.sha256}"
        if found.size > self.size:
            return f"{expected}, found more than {self.size} bytes"
        if (found.size, found.sha256) != (self.size, self.sha256):
            return f"{expected}, found {found.size} bytes with sha256 {found.sha256}"
        return Named(self.oid).difference(found)


@dataclass(frozen=True)
class WantedDirectory:
    """A directory: DVC's manifest to find its files by, and what each of them must be, by relative path.

    :raises ValueError: ``oid`` is not the object id of a manifest.
    """

    oid: str
    files: Mapping[str, Content]

    def __post_init__(self) -> None:
        if not is_oid(self.oid) or not is_directory_oid(self.oid):
            raise ValueError(f"{self.oid!r} is not the object id of a directory")

    @property
    def standing(self) -> Mapping[str, Content]:
        """What stands in its place afterwards, by relative path; see :attr:`Wanted.standing`."""
        if not any(content.sealed for content in self.files.values()):
            return self.files
        return {
            content.sealed.opened(path) if content.sealed else path: Content(content.sealed.sha256, content.sealed.size)
            if content.sealed
            else content
            for path, content in self.files.items()
        }


@dataclass(frozen=True)
class Corruption:
    """Bytes that are not what they were taken for.

    :param where: ``the cache``, or a remote and where in it.
    :param difference: what was expected and what was found.
    :param quarantine: where the bytes lie now.
    """

    oid: str
    where: str
    difference: str
    quarantine: Path

    def __str__(self) -> str:
        return f"object {self.oid} in {self.where} is corrupt: {self.difference}; it was moved to {self.quarantine}"

    def error(self) -> DigestMismatch:
        """Return the exception that says so."""
        hint = "delete the object where it is corrupt, and run `modelyard push` where its bytes are good"
        return DigestMismatch(str(self), hint=hint)


@dataclass(frozen=True)
class Outcome:
    """What became of an object: corrupt, missing in the remote, or neither."""

    corruption: Corruption | None = None
    missing: bool = False
