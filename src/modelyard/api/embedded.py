"""A DVC remote that is a directory of the registry's own repository, committed with it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from modelyard.storage.layout import is_directory_oid, object_path
from modelyard.storage.manifests import parse
from modelyard.tree import MissingPath

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelyard.api.checkout import Checkout
    from modelyard.storage.dvcconfig import RemoteSettings
    from modelyard.tree import Sink, Tree

__all__ = ["TreeBlobs", "embedded_directory", "embedded_objects"]


class TreeBlobs:
    """The files of a tree, as a remote reads them."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def read(self, path: str) -> bytes | None:
        """Return the bytes of the file, whatever its size, or None where there is none."""
        target = BytesIO()
        return target.getvalue() if self._stream(path, target) else None

    def gather(self, paths: Sequence[str]) -> None:
        """Have a mirror fetch what it lacks of the files with one trip; nothing of them is kept in memory."""
        self._tree.read_many(paths, limit=0)

    def size(self, path: str) -> int | None:
        """Return the size in bytes of the file, without keeping it in memory, or None where there is none."""
        count = _Count()
        return count.size if self._stream(path, count) else None

    def _stream(self, path: str, target: Sink) -> bool:
        try:
            self._tree.stream(path, target)
        except MissingPath:
            return False
        return True


class _Count:
    """Counts the bytes that are written to it."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes, /) -> None:
        self.size += len(data)


def embedded_directory(settings: RemoteSettings, root: Path) -> str | None:
    """Return the remote's directory as a path from the repository's root, None where it lies outside."""
    directory = settings.directory
    if directory is None or root.resolve() not in directory.resolve().parents:
        return None
    return directory.resolve().relative_to(root.resolve()).as_posix()


def embedded_objects(checkout: Checkout, settings: RemoteSettings, oids: Sequence[str]) -> dict[str, bytes] | None:
    """Return the objects as files of the repository, or None where the remote lies outside of it.

    :raises NotFinished: an object is not in the cache.
    """
    directory = embedded_directory(settings, checkout.root)
    if directory is None:
        return None
    cache = checkout.cache
    names = list(oids)
    for oid in oids:
        if is_directory_oid(oid):
            names += [entry.md5 for entry in parse(cache.read_manifest(oid))]
    return {f"{directory}/{object_path(oid)}": cache.path(oid).read_bytes() for oid in names}
