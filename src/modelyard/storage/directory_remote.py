"""A remote that is a directory, on this machine or mounted."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.storage import object_files
from modelyard.storage.digests import CHUNK
from modelyard.storage.layout import object_path
from modelyard.storage.remotes import Absent
from modelyard.storage.writing import new_file, open_directory, open_regular, require_space, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Arrival, Outgoing, Request

__all__ = ["DirectoryRemote"]

_READ_ONLY = 0o444


class DirectoryRemote:
    """A directory in the layout of DVC 3, which plain ``dvc pull`` and ``dvc push`` share.

    It is never made here: one that is missing is a disk that is not mounted, more often than not.
    """

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.root = root

    def describe(self) -> str:
        """Return name and directory."""
        return f"remote {self.name!r} ({self.root})"

    def place(self, oid: str) -> str:
        """Return name and path of the object."""
        return f"remote {self.name!r} ({self.root / object_path(oid)})"

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """Return the sizes of those objects that are there.

        :raises NotFinished: the directory is not there.
        """
        self._require_root()
        return object_files.sizes(self.root, oids)

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Yield each object's file, opened.

        :raises NotFinished: the directory is not there, or a file cannot be read.
        """
        self._require_root()
        yield from object_files.opened(self.root, requests)

    @contextmanager
    def read(self, request: Request, start: int) -> Iterator[Iterator[bytes]]:
        """Give the object's bytes from that offset on; see :meth:`Resumable.read`.

        What a disk does not give is not asked for again: a mounted one has tried often enough by itself.

        :raises NotFinished: the directory is not there, or the file cannot be read.
        """
        path = self.root / object_path(request.oid)
        with translated("read", path):
            try:
                stream = open_regular(path)
            except FileNotFoundError:
                self._require_root()
                raise Absent from None
        with stream:
            stream.seek(start)
            yield iter(lambda: _chunk(stream, path), b"")

    def push_many(self, objects: Sequence[Outgoing], *, progress: Progress) -> Mapping[str, int]:
        """Copy the objects, each under a temporary name until it is whole, and return their sizes there.

        :raises NotFinished: the directory is not there, or the disk is full or refuses.
        """
        self._require_root()
        needed = sum(item.path.stat().st_size for item in objects)
        require_space(self.root, needed, what=f"the copy in {self.describe()}")
        for item in objects:
            self._push(item, progress)
        return self.sizes([item.oid for item in objects])

    def _push(self, item: Outgoing, progress: Progress) -> None:
        self._require_root()
        *parts, name = PurePosixPath(object_path(item.oid)).parts
        with (
            translated("write to", self.root),
            open_regular(item.path) as source,
            open_directory(self.root, *parts) as directory,
            new_file(directory) as file,
        ):
            file.copy(source, progress=progress)
            file.publish(directory, name, mode=_READ_ONLY)

    def _require_root(self) -> None:
        if not self.root.is_dir():
            hint = f"mount or make it, or look at `dvc remote list` and `dvc remote modify {self.name} url <url>`"
            raise NotFinished(f"remote {self.name!r} cannot be reached: there is no directory {self.root}", hint=hint)


def _chunk(stream: BinaryIO, path: Path) -> bytes:
    with translated("read", path):
        return stream.read(CHUNK)
