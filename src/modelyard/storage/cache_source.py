"""A cache, read as a remote is: so that whoever checks the one can check the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.storage import object_files
from modelyard.storage.layout import object_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from modelyard.storage.remotes import Arrival, Request

__all__ = ["CacheSource"]


class CacheSource:
    """The objects of a cache. It may be missing: then it holds none, and that is no failure."""

    name = "cache"

    def __init__(self, root: Path) -> None:
        self.root = root

    def describe(self) -> str:
        """Return what it is, and its directory."""
        return f"the cache ({self.root})"

    def place(self, oid: str) -> str:
        """Return what it is, and the path of the object."""
        return f"the cache ({self.root / object_path(oid)})"

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """Return the sizes of those objects that are there."""
        return object_files.sizes(self.root, oids)

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Yield each object's file, opened.

        :raises NotFinished: a file cannot be read.
        """
        return object_files.opened(self.root, requests)
