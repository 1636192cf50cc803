"""A remote that is committed: a directory of the registry itself, read from Git."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol

from modelyard.storage.layout import object_path
from modelyard.storage.remotes import Arrival, Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["BlobRemote", "Blobs"]


class Blobs(Protocol):
    """Whatever can read a file of one commit."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of the file at a POSIX path from the root, or None where there is none."""

    def gather(self, paths: Sequence[str]) -> None:
        """Make ready to read files, all at once where each would be fetched by itself."""

    def size(self, path: str) -> int | None:
        """Return the size in bytes of the file, or None where there is none."""


class BlobRemote:
    """The objects below a directory of one commit. They are read, never written."""

    def __init__(self, name: str, blobs: Blobs, directory: str) -> None:
        self.name = name
        self._blobs = blobs
        self._directory = directory.strip("/")

    def describe(self) -> str:
        """Return name and directory."""
        return f"remote {self.name!r} (directory {self._directory} of the registry)"

    def place(self, oid: str) -> str:
        """Return name and path of the object in the registry."""
        return f"remote {self.name!r} ({self._path(oid)} of the registry)"

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """Return the sizes of those objects that are in the commit."""
        self._blobs.gather([self._path(oid) for oid in oids])
        found = {oid: self._blobs.size(self._path(oid)) for oid in oids}
        return {oid: size for oid, size in found.items() if size is not None}

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Yield each object's blob."""
        self._blobs.gather([self._path(request.oid) for request in requests])
        for request in requests:
            data = self._read(request.oid)
            yield Arrival(request.oid, None if data is None else io.BytesIO(data))

    def _read(self, oid: str) -> bytes | None:
        return self._blobs.read(self._path(oid))

    def _path(self, oid: str) -> str:
        path = object_path(oid)
        return f"{self._directory}/{path}" if self._directory else path
