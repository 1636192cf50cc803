"""Registries in memory: the valid one of the golden cases, with what a test changes in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.snapshot import Snapshot
from modelyard.tree import MAX_READ, Entry, MemoryTree
from support.cases import valid_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelyard.git.batch import Sink
    from modelyard.git.formats import Algorithm, TreeEntry
    from modelyard.tree import Kind, Leaf

__all__ = ["RecordingTree", "changed_files", "snapshot_of", "snapshot_with"]

ROOT = "model_registry/"


def changed_files(changes: Mapping[str, str | None] | None = None) -> dict[str, bytes]:
    """Return the files of the valid registry, with texts by path below its root; None removes a file or a folder."""
    files = valid_files()
    for path, text in (changes or {}).items():
        if text is None:
            gone = f"{ROOT}{path}"
            files = {name: data for name, data in files.items() if name != gone and not name.startswith(f"{gone}/")}
        else:
            files[ROOT + path] = text.encode("utf-8", "surrogateescape")
    return files


def snapshot_of(files: Mapping[str, bytes]) -> Snapshot:
    """Return a registry that holds these files."""
    return Snapshot(MemoryTree(files))


def snapshot_with(changes: Mapping[str, str | None] | None = None) -> Snapshot:
    """Return the valid registry with changes; see :func:`changed_files`."""
    return snapshot_of(changed_files(changes))


class RecordingTree:
    """A tree that remembers which files were read."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._tree = MemoryTree(files)
        self.commit: str | None = None
        self.read_paths: set[str] = set()

    @property
    def algorithm(self) -> Algorithm:
        return self._tree.algorithm

    def entries(self, directory: str = "") -> tuple[Entry, ...]:
        return self._tree.entries(directory)

    def kinds(self, directory: str = "") -> Mapping[str, Kind]:
        return self._tree.kinds(directory)

    def listing(self, directory: str = "") -> Mapping[str, TreeEntry]:
        return self._tree.listing(directory)

    def read(self, path: str, *, limit: int = MAX_READ) -> bytes:
        self.read_paths.add(path)
        return self._tree.read(path, limit=limit)

    def read_many(self, paths: Iterable[str], *, limit: int = MAX_READ) -> Mapping[str, bytes]:
        wanted = list(paths)
        self.read_paths.update(wanted)
        return self._tree.read_many(wanted, limit=limit)

    def stream(self, path: str, target: Sink) -> None:
        self.read_paths.add(path)
        self._tree.stream(path, target)

    def id(self, path: str) -> str | None:
        return self._tree.id(path)

    def leaf(self, path: str) -> Leaf | None:
        return self._tree.leaf(path)
