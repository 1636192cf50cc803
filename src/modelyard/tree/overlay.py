"""Trees in memory: plain content, and changes laid over another tree."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Union

from modelyard.git.failures import TooLarge
from modelyard.git.formats import object_id
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
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelyard.git.batch import Sink
    from modelyard.git.formats import Algorithm, TreeEntry
    from modelyard.tree.entries import Leaf, Tree

__all__ = ["Change", "MemoryLeaf", "MemoryTree", "OverlayTree"]


@dataclass(frozen=True)
class MemoryLeaf:
    """Content in memory. A symlink's content is its target, a submodule's the commit id in ASCII."""

    content: bytes
    kind: Kind = Kind.FILE
    algorithm: Algorithm = "sha1"

    @property
    def id(self) -> str:
        """The id that Git would give to the content."""
        if self.kind is Kind.SUBMODULE:
            return self.content.decode("ascii")
        return object_id("blob", self.content, self.algorithm)

    @property
    def size(self) -> int:
        """Size of the content in bytes."""
        return len(self.content)

    def read(self, path: str, *, limit: int) -> bytes:
        """Return the content.

        :raises TooLarge: it has more than ``limit`` bytes.
        """
        if len(self.content) > limit:
            raise TooLarge(repr(path), size=len(self.content), limit=limit)
        return self.content

    def stream(self, target: Sink) -> None:
        """Write the content to the target."""
        target.write(self.content)


Change = Union[bytes, "Leaf", None]
"""New content of a path, or None where the file or the whole directory is removed."""


@dataclass
class _Layer:
    """The changes at one path and below it; a covered path shows nothing of the base."""

    covered: bool = False
    leaf: Leaf | None = None
    below: dict[str, _Layer] = field(default_factory=dict)


class OverlayTree:
    """A tree with changes laid over it; the base is neither copied nor listed where nothing changed.

    A file laid over a directory replaces it, a file laid below a file replaces that file. Removing
    what is not there changes nothing.

    :param base: the tree below, None where there is nothing below.
    :param changes: path -> bytes of a regular file, any leaf, or None for a removal.
    :param algorithm: the hash behind the ids where there is no base.
    :raises ValueError: one change would be a file inside another changed file, or a path is not one.
    """

    commit: str | None = None

    def __init__(self, base: Tree | None, changes: Mapping[str, Change], *, algorithm: Algorithm = "sha1") -> None:
        self._base = base
        self.algorithm = base.algorithm if base else algorithm
        self._root = _Layer()
        for path, change in changes.items():
            self._lay(path, change)

    def entries(self, directory: str = "") -> tuple[Entry, ...]:
        """Return what lies in the directory; see :class:`Tree`."""
        layer, base = self._find(directory)
        found = {entry.name: entry for entry in base.entries(directory)} if base else {}
        for name, below in (layer.below if layer else {}).items():
            entry = self._merged(join(directory, name), below, found.pop(name, None))
            if entry:
                found[name] = entry
        return sorted_entries(found.values())

    def kinds(self, directory: str = "") -> Mapping[str, Kind]:
        """Return what each name in the directory is; see :class:`Tree`."""
        layer, base = self._find(directory)
        found = dict(base.kinds(directory)) if base else {}
        for name, below in (layer.below if layer else {}).items():
            before = found.pop(name, None)
            entry = self._merged(join(directory, name), below, Entry(name, before) if before else None)
            if entry:
                found[name] = entry.kind
        return found

    def listing(self, directory: str = "") -> Mapping[str, TreeEntry]:
        """Return each name in the directory with Git's mode and id; see :class:`Tree`."""
        layer, base = self._find(directory)
        found = dict(base.listing(directory)) if base else {}
        kinds = self.kinds(directory) if layer else {}
        for name in layer.below if layer else ():
            found.pop(name, None)
            if name in kinds:
                found[name] = listed(self, directory, name, kinds[name])
        return found

    def touches(self, path: str) -> bool:
        """Whether any change lies at the path, below it or above it."""
        layer, _ = self._find(path)
        return layer is not None

    def read(self, path: str, *, limit: int = MAX_READ) -> bytes:
        """Return the bytes of the file; see :class:`Tree`."""
        return require_file(self.leaf(path), path).read(path, limit=limit)

    def read_many(self, paths: Iterable[str], *, limit: int = MAX_READ) -> Mapping[str, bytes]:
        """Return the bytes of many files in one batch; see :class:`Tree`."""
        found: dict[str, bytes] = {}
        untouched = []
        for path in dict.fromkeys(paths):
            layer, base = self._find(path)
            if base and not layer:
                untouched.append(path)
                continue
            with suppress(MissingPath, TooLarge):
                found[path] = self.read(path, limit=limit)
        if self._base:
            found.update(self._base.read_many(untouched, limit=limit))
        return found

    def stream(self, path: str, target: Sink) -> None:
        """Write the bytes of the file to the target; see :class:`Tree`."""
        require_file(self.leaf(path), path).stream(target)

    def id(self, path: str) -> str | None:
        """Return the Git object id of the file or directory; see :class:`Tree`."""
        layer, base = self._find(path)
        if base and not layer:
            return base.id(path)
        leaf = self.leaf(path)
        return leaf.id if leaf else directory_id(self, path)

    def leaf(self, path: str) -> Leaf | None:
        """Return what stands at the path; see :class:`Tree`."""
        layer, base = self._find(path)
        if layer and layer.leaf:
            return layer.leaf
        if layer and self._holds_any(path, layer):
            return None
        return base.leaf(path) if base else None

    def _lay(self, path: str, change: Change) -> None:
        require_shallow(path)
        layer = self._root
        names = path.split("/")
        if "" in names or "." in names or ".." in names:
            raise ValueError(f"{path!r} is not a path in a tree")
        for name in names:
            if layer.leaf and change is not None:
                raise ValueError(f"{path!r} would lie inside another changed file")
            layer = layer.below.setdefault(name, _Layer())
        layer.covered = True
        if change is not None:
            if any(_adds(below) for below in layer.below.values()):
                raise ValueError(f"{path!r} would hold another changed file")
            layer.leaf = MemoryLeaf(change, algorithm=self.algorithm) if isinstance(change, bytes) else change

    def _find(self, path: str) -> tuple[_Layer | None, Tree | None]:
        # The layer at the path, and the base unless a change hides it there.
        layer, covered = self._root, False
        for name in path.split("/") if path else ():
            if name not in layer.below:
                return None, None if covered else self._base
            layer = layer.below[name]
            covered = covered or layer.covered
        return layer, None if covered else self._base

    def _holds_any(self, path: str, layer: _Layer) -> bool:
        # What a change puts there is there, whatever thousands of names lie beside it.
        return _adds(layer) or bool(self.kinds(path))

    def _merged(self, path: str, layer: _Layer, base: Entry | None) -> Entry | None:
        if layer.leaf:
            return Entry(path.rpartition("/")[2], layer.leaf.kind, layer.leaf.size)
        if self._holds_any(path, layer):
            return Entry(path.rpartition("/")[2], Kind.DIRECTORY)
        keeps_base = base is not None and base.kind is not Kind.DIRECTORY and not layer.covered
        return base if keeps_base else None


class MemoryTree(OverlayTree):
    """A tree that is nothing but what it was given.

    :param files: path -> bytes.
    :param kinds: path -> kind, for those that are not regular files.
    :param algorithm: the hash behind its ids.
    :raises ValueError: a file would lie inside another file, or a path is not one.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        *,
        kinds: Mapping[str, Kind] | None = None,
        algorithm: Algorithm = "sha1",
    ) -> None:
        kinds = kinds or {}
        super().__init__(
            None,
            {path: MemoryLeaf(content, kinds.get(path, Kind.FILE), algorithm) for path, content in files.items()},
            algorithm=algorithm,
        )


def _adds(layer: _Layer) -> bool:
    return bool(layer.leaf) or any(_adds(below) for below in layer.below.values())
