"""A cache, read as a remote is: so that whoever checks the one can check the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.storage.layout import object_path
from modelyard.storage.remotes import Arrival, Request
from modelyard.storage.writing import open_regular, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

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
        paths = {oid: self.root / object_path(oid) for oid in oids}
        return {oid: path.stat().st_size for oid, path in paths.items() if path.is_file()}

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Yield each object's file, opened.

        :raises NotFinished: a file cannot be read.
        """
        for request in requests:
            path = self.root / object_path(request.oid)
            if not path.exists():
                yield Arrival(request.oid, None)
                continue
            with translated("read", path):
                stream = open_regular(path)
            with stream:
                yield Arrival(request.oid, stream)
