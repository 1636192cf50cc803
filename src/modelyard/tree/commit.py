"""Trees of Git objects: a commit, and the index as changes over the commit that is checked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.failures import TooLarge
from modelyard.git.formats import empty_tree_id
from modelyard.git.index import staged_changes
from modelyard.tree.entries import KIND_OF_MODE, MAX_READ, Entry, Kind, require_file, require_shallow, sorted_entries
from modelyard.tree.overlay import OverlayTree
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelyard.git.batch import Sink
    from modelyard.git.formats import Algorithm, TreeEntry
    from modelyard.git.objects import ObjectReader
    from modelyard.tree.entries import Leaf

__all__ = ["CommitTree", "ObjectLeaf", "StagedTree"]


@dataclass(frozen=True)
class ObjectLeaf:
    """A file, symlink or submodule by its Git object; the bytes are read when they are asked for."""

    kind: Kind
    id: str
    reader: ObjectReader
    size: int | None = None

    def read(self, path: str, *, limit: int) -> bytes:
        """Return its bytes.

        :raises TooLarge: it has more than ``limit`` bytes.
        :raises MissingObject: the repository does not hold them.
        """
        try:
            return self.reader.blob(self.id, limit=limit)
        except TooLarge as error:
            raise TooLarge(repr(path), size=error.size, limit=limit) from error

    def stream(self, target: Sink) -> None:
        """Write its bytes to the target, in pieces.

        :raises MissingObject: the repository does not hold them.
        """
        self.reader.stream(self.id, target)


class CommitTree:
    """What one commit holds. Nothing is read twice, and nothing that nobody asks for.

    Every method may raise :class:`modelyard.git.failures.MissingObject` where the clone lacks objects.

    :param commit: the full id, as :meth:`ObjectReader.commit_id` gives it.
    """

    def __init__(self, reader: ObjectReader, commit: str) -> None:
        self._reader = reader
        self._directories: dict[str, Mapping[str, TreeEntry]] = {}
        self.commit: str | None = commit
        self._root = reader.tree_id(commit)

    @property
    def algorithm(self) -> Algorithm:
        """The hash behind the ids; see :class:`Tree`."""
        return self._reader.location.algorithm

    def entries(self, directory: str = "") -> tuple[Entry, ...]:
        """Return what lies in the directory; see :class:`Tree`."""
        return sorted_entries(
            Entry(found.name, Kind.from_mode(found.mode)) for found in self._directory(directory).values()
        )

    def kinds(self, directory: str = "") -> Mapping[str, Kind]:
        """Return what each name in the directory is; see :class:`Tree`."""
        return {name: KIND_OF_MODE[found.mode] for name, found in self._directory(directory).items()}

    def listing(self, directory: str = "") -> Mapping[str, TreeEntry]:
        """Return each name in the directory with Git's mode and id; see :class:`Tree`."""
        return self._directory(directory)

    def read(self, path: str, *, limit: int = MAX_READ) -> bytes:
        """Return the bytes of the file; see :class:`Tree`."""
        return require_file(self.leaf(path), path).read(path, limit=limit)

    def read_many(self, paths: Iterable[str], *, limit: int = MAX_READ) -> Mapping[str, bytes]:
        """Return the bytes of many files in one batch; see :class:`Tree`."""
        by_directory: dict[str, list[str]] = {}
        for path in paths:
            by_directory.setdefault(path.rpartition("/")[0], []).append(path)
        self._load_directories(by_directory)
        ids = {}
        for directory, below in by_directory.items():
            listing = self._directory(directory) if not below[0].startswith("/") else {}
            for path in below:
                found = listing.get(path.rpartition("/")[2])
                if found and Kind.from_mode(found.mode).is_file:
                    ids[path] = found.id
        contents = self._reader.blobs(ids.values(), limit=limit)
        return {path: contents[found] for path, found in ids.items() if found in contents}

    def stream(self, path: str, target: Sink) -> None:
        """Write the bytes of the file to the target; see :class:`Tree`."""
        require_file(self.leaf(path), path).stream(target)

    def id(self, path: str) -> str | None:
        """Return the Git object id of the file or directory; see :class:`Tree`."""
        if not path:
            return self._root if self._directory("") else None
        found = self._find(path)
        return found.id if found else None

    def leaf(self, path: str) -> Leaf | None:
        """Return what stands at the path; see :class:`Tree`."""
        found = self._find(path)
        if found is None or found.kind == "tree":
            return None
        return ObjectLeaf(Kind.from_mode(found.mode), found.id, self._reader)

    def _load_directories(self, directories: Iterable[str]) -> None:
        # One batch for each depth, where asking for one directory after the other would wait for each.
        by_depth: dict[int, set[str]] = {}
        for directory in directories:
            names = directory.split("/") if directory else []
            for depth in range(1, len(names) + 1):
                by_depth.setdefault(depth, set()).add("/".join(names[:depth]))
        for depth in sorted(by_depth):
            # Sorted, so that of several missing ones always the same is named.
            found = [self._find(directory) for directory in sorted(by_depth[depth])]
            self._reader.load(entry.id for entry in found if entry and entry.kind == "tree")

    def _find(self, path: str) -> TreeEntry | None:
        directory, _, name = path.rpartition("/")
        if path.startswith("/"):
            return None
        return self._directory(directory).get(name)

    def _directory(self, path: str) -> Mapping[str, TreeEntry]:
        known = self._directories.get(path)
        if known is None:
            known = self._directories[path] = self._list(path)
        return known

    def _list(self, path: str) -> Mapping[str, TreeEntry]:
        tree_id: str | None = self._root
        if path:
            require_shallow(path)
            found = self._find(path)
            tree_id = found.id if found and found.kind == "tree" else None
        return self._reader.listing(tree_id) if tree_id else {}


class StagedTree(OverlayTree):
    """What ``git commit`` would commit now: the index, as changes over the commit that is checked out.

    The index is read once. Where no commit is checked out yet, everything in it is new.

    :raises UsageError: the index holds paths of an unfinished merge.
    """

    def __init__(self, reader: ObjectReader) -> None:
        location = reader.location
        head = reader.head()
        changes = staged_changes(location, head or empty_tree_id(location.algorithm))
        super().__init__(
            CommitTree(reader, head) if head else None,
            {
                path: ObjectLeaf(Kind.from_mode(change.mode), change.id, reader) if change else None
                for path, change in changes.items()
            },
            algorithm=location.algorithm,
        )
