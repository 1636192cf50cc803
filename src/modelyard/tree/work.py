"""The work tree: what is on disk, less what Git would not see."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from modelyard.git.failures import TooLarge
from modelyard.git.index import ignored
from modelyard.tree.disk import FileLeaf, Found, scan
from modelyard.tree.entries import (
    MAX_READ,
    Entry,
    Kind,
    MissingPath,
    directory_id,
    join,
    listed,
    require_file,
    require_shallow,
    sorted_entries,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from modelyard.git.batch import Sink
    from modelyard.git.formats import Algorithm, TreeEntry
    from modelyard.git.location import Location
    from modelyard.tree.entries import Leaf

__all__ = ["WorkTree"]

_REPOSITORY = ".git"


class WorkTree:
    """The files below a directory, without following a symlink below it.

    Hidden are ``.git`` and untracked files that Git ignores; in a directory without Git, a file that
    has a DVC pointer beside it. A directory that is a repository of its own is a submodule. What was
    listed once is remembered, so that one judgement sees one state; make a new tree after a change.

    :param root: the directory.
    :param location: the repository whose work tree the directory is; None where there is none.
    :param scope: where most questions will be: below it, asking Git what it ignores is cheap.
    """

    commit: str | None = None

    def __init__(self, root: Path, *, location: Location | None = None, scope: str = "model_registry") -> None:
        self._root = root
        self._location = location
        self._scope = scope
        self._hidden: dict[str, frozenset[str]] = {}
        self._scans: dict[str, dict[str, Found]] = {}
        self._directories: dict[str, dict[str, Found]] = {}
        self.algorithm: Algorithm = location.algorithm if location else "sha1"

    def entries(self, directory: str = "") -> tuple[Entry, ...]:
        """Return what lies in the directory; see :class:`Tree`."""
        return sorted_entries(
            Entry(found.name, found.kind, None if found.kind is Kind.DIRECTORY else found.size)
            for found in self._list(directory).values()
        )

    def kinds(self, directory: str = "") -> Mapping[str, Kind]:
        """Return what each name in the directory is; see :class:`Tree`."""
        return {name: found.kind for name, found in self._list(directory).items()}

    def listing(self, directory: str = "") -> Mapping[str, TreeEntry]:
        """Return each name in the directory with its id, which reads every file below it; see :class:`Tree`."""
        return {name: listed(self, directory, name, found.kind) for name, found in self._list(directory).items()}

    def read(self, path: str, *, limit: int = MAX_READ) -> bytes:
        """Return the bytes of the file; see :class:`Tree`."""
        return require_file(self.leaf(path), path).read(path, limit=limit)

    def read_many(self, paths: Iterable[str], *, limit: int = MAX_READ) -> Mapping[str, bytes]:
        """Return the bytes of many files; see :class:`Tree`."""
        found: dict[str, bytes] = {}
        for path in paths:
            with suppress(MissingPath, TooLarge):
                found[path] = self.read(path, limit=limit)
        return found

    def stream(self, path: str, target: Sink) -> None:
        """Write the bytes of the file to the target; see :class:`Tree`."""
        require_file(self.leaf(path), path).stream(target)

    def id(self, path: str) -> str | None:
        """Return the id that Git would give to the bytes on disk; see :class:`Tree`."""
        leaf = self.leaf(path)
        return leaf.id if leaf else directory_id(self, path)

    def leaf(self, path: str) -> Leaf | None:
        """Return what stands at the path; see :class:`Tree`."""
        directory, slash, name = path.rpartition("/")
        if slash and not directory:
            return None
        found = self._list(directory).get(name)
        if found is None or found.kind is Kind.DIRECTORY:
            return None
        return FileLeaf(self._root, path, found.kind, found.size, self.algorithm)

    def _list(self, directory: str) -> dict[str, Found]:
        if directory not in self._directories:
            require_shallow(directory)
            self._directories[directory] = dict(self._visible(directory))
        return self._directories[directory]

    def _visible(self, directory: str) -> Iterable[tuple[str, Found]]:
        if self._is_hidden(directory):
            return
        names = self._scan(directory)
        for name, found in names.items():
            path = join(directory, name)
            if name == _REPOSITORY or self._is_hidden(path) or (not self._location and f"{name}.dvc" in names):
                continue
            if found.kind is not Kind.DIRECTORY:
                yield name, found
            elif _REPOSITORY in self._scan(path):
                yield name, found._replace(kind=Kind.SUBMODULE)
            elif self._list(path):
                yield name, found

    def _scan(self, directory: str) -> dict[str, Found]:
        if directory not in self._scans:
            self._scans[directory] = {found.name: found for found in scan(self._root, directory)}
        return self._scans[directory]

    def _is_hidden(self, path: str) -> bool:
        parts = path.split("/")
        hidden = self._ignored(path)
        return any("/".join(parts[:count]) in hidden for count in range(1, len(parts) + 1))

    def _ignored(self, path: str) -> frozenset[str]:
        if not self._location:
            return frozenset()
        scope = self._scope if f"{path}/".startswith(f"{self._scope}/") else ""
        if scope not in self._hidden:
            self._hidden[scope] = ignored(self._location, scope)
        return self._hidden[scope]
