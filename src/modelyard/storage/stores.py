"""Places that can be listed and deleted from: a cache, a remote that is a directory, a bucket."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from modelyard.errors import UsageError
from modelyard.storage.cache_source import CacheSource
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.storage.layout import is_oid, object_path
from modelyard.storage.writing import open_directory, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from modelyard.storage.remotes import Source

__all__ = ["DirectoryStore", "Store", "store_of"]

_OBJECTS = ("files", "md5")


class Store(Protocol):
    """What is kept at one place. Only what lies where objects lie, under the name of one, is seen or deleted."""

    def stored(self) -> Mapping[str, int]:
        """Return the sizes of all objects.

        :raises NotFinished: the place cannot be reached.
        """

    def delete_many(self, oids: Sequence[str]) -> None:
        """Delete objects, in this order; one that is gone already is no failure.

        :raises NotFinished: the place cannot be reached, or refuses.
        """


def store_of(source: Source) -> Store:
    """Return what lists and deletes at a place.

    :raises UsageError: nothing of ours can, for a place of this kind.
    :raises NotFinished: the place cannot be reached.
    """
    source.sizes(())  # a disk that is not mounted is not an empty one
    if isinstance(source, (CacheSource, DirectoryRemote)):
        return DirectoryStore(source.root)
    from modelyard.storage.s3_remote import S3Remote

    if isinstance(source, S3Remote):
        return source
    hint = "for a bucket: pip install 'modelyard[s3]'; elsewhere `dvc gc` can: read what it deletes"
    raise UsageError(f"{source.describe()} cannot be listed by a client of ours", hint=hint)


class DirectoryStore:
    """The objects below a directory. Symbolic links are not followed, and are no objects."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def stored(self) -> Mapping[str, int]:
        return {oid: status.st_size for oid, status in self.statuses().items()}

    def statuses(self) -> Mapping[str, os.stat_result]:
        """Return what the file system says of all objects."""
        found: dict[str, os.stat_result] = {}
        objects = self._root.joinpath(*_OBJECTS)
        with translated("list", self._root):
            for folder in objects.iterdir() if objects.is_dir() else ():
                found |= _stored_in(folder)
        return found

    def delete_many(self, oids: Sequence[str], *, unless: Callable[[str, os.stat_result], bool] | None = None) -> None:
        """Delete objects, in this order; one that is gone already is no failure.

        :param unless: whether one stays after all, by what the file system says of it at the last moment.
        """
        for oid in oids:
            *parts, name = PurePosixPath(object_path(oid)).parts
            with (
                translated("delete from", self._root),
                suppress(FileNotFoundError),
                open_directory(self._root, *parts, create=False) as directory,
            ):
                if unless and unless(oid, os.stat(name, dir_fd=directory, follow_symlinks=False)):
                    continue
                os.unlink(name, dir_fd=directory)


def _stored_in(folder: Path) -> dict[str, os.stat_result]:
    if folder.is_symlink() or not folder.is_dir() or len(folder.name) != len("ab"):
        return {}
    with os.scandir(folder) as entries:
        return {
            folder.name + entry.name: entry.stat(follow_symlinks=False)
            for entry in entries
            if is_oid(folder.name + entry.name) and entry.is_file(follow_symlinks=False)
        }
