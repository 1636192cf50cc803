"""The Tree protocol: list, read, id. The rest of modelyard never knows which tree it reads."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from modelyard.errors import ModelyardError, NotFinished
from modelyard.git.formats import TreeEntry, encode_path, object_id, render_tree
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelyard.git.batch import Sink
    from modelyard.git.formats import Algorithm, ObjectKind

__all__ = [
    "KIND_OF_MODE",
    "MAX_READ",
    "Entry",
    "Kind",
    "Leaf",
    "MissingPath",
    "Tree",
    "directory_id",
    "join",
    "listed",
    "require_file",
    "require_shallow",
    "sorted_entries",
]

MAX_DEPTH = 100
"""Folders inside one another that a tree lists: whoever nests them deeper wants a reader to fall."""

MAX_READ = 1 << 20
"""Bytes that a tree reads of one file unless told otherwise: no document is larger."""


class MissingPath(ModelyardError):
    """There is no regular file at the path."""

    def __init__(self, path: str, reason: str = "does not exist") -> None:
        super().__init__(f"{path!r} {reason}")
        self.path = path


class Kind(str, Enum):
    """What stands at a path."""

    FILE = "file"
    EXECUTABLE = "executable"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"
    DIRECTORY = "directory"

    @classmethod
    def from_mode(cls, mode: str) -> Kind:
        """Return the kind that Git's mode (six octal digits) means, as ``git checkout`` would take it."""
        return KIND_OF_MODE[mode]

    @property
    def mode(self) -> str:
        """Git's mode, six octal digits."""
        return _MODES[self]

    @property
    def is_file(self) -> bool:
        """Whether a tree reads bytes here; it never follows a symlink."""
        return self in (Kind.FILE, Kind.EXECUTABLE)


class _KindOfMode(dict[str, Kind]):
    def __missing__(self, mode: str) -> Kind:
        number = int(mode, 8)
        if number & 0o170000 == 0o100000:
            kind = Kind.EXECUTABLE if number & 0o100 else Kind.FILE
        else:
            kind = {0o040000: Kind.DIRECTORY, 0o120000: Kind.SYMLINK}.get(number & 0o170000, Kind.SUBMODULE)
        return self.setdefault(mode, kind)


KIND_OF_MODE = _KindOfMode()
"""What :meth:`Kind.from_mode` returns, for those who ask about many thousand names."""


_MODES = {
    Kind.FILE: "100644",
    Kind.EXECUTABLE: "100755",
    Kind.SYMLINK: "120000",
    Kind.SUBMODULE: "160000",
    Kind.DIRECTORY: "040000",
}
_OBJECTS: dict[Kind, ObjectKind] = {Kind.DIRECTORY: "tree", Kind.SUBMODULE: "commit"}


@dataclass(frozen=True)
class Entry:
    """One name in a directory.

    :param size: size in bytes where the tree knows it without a further read, else None.
        It does not take part in equality.
    """

    name: str
    kind: Kind
    size: int | None = field(default=None, compare=False)


class Leaf(Protocol):
    """What stands at a path that is not a directory."""

    @property
    def kind(self) -> Kind:
        """What it is."""

    @property
    def id(self) -> str:
        """Its Git object id."""

    @property
    def size(self) -> int | None:
        """Its size in bytes where that is known without a read."""

    def read(self, path: str, *, limit: int) -> bytes:
        """Return its bytes; the path is for messages.

        :raises TooLarge: it has more than ``limit`` bytes.
        """

    def stream(self, target: Sink) -> None:
        """Write its bytes to the target, in pieces."""


class Tree(Protocol):
    """Files under one root, as a commit, the index, a work tree or memory holds them.

    Paths are POSIX paths from the root, without a leading or trailing slash; ``""`` is the root.
    A path that no repository can hold (``..``, a leading slash) is a path that does not exist.
    Empty directories do not exist, as in Git. Bytes in names that are not UTF-8 are lone surrogates.
    """

    @property
    def commit(self) -> str | None:
        """The commit's full id where the content is a commit's, else None."""

    @property
    def algorithm(self) -> Algorithm:
        """The hash behind the ids: ids of trees with the same algorithm can be compared."""

    def entries(self, directory: str = "") -> tuple[Entry, ...]:
        """Return what lies in the directory, sorted by the bytes of the name; empty where there is no directory."""

    def kinds(self, directory: str = "") -> Mapping[str, Kind]:
        """Return what each name in the directory is, in no order: cheap for a directory of many thousand names."""

    def listing(self, directory: str = "") -> Mapping[str, TreeEntry]:
        """Return each name in the directory with Git's mode and id, in no order.

        Two directories of trees with the same algorithm hold the same exactly where their listings are equal.
        """

    def read(self, path: str, *, limit: int = MAX_READ) -> bytes:
        """Return the bytes of the file.

        :raises MissingPath: nothing is there, or it is not a regular file.
        :raises TooLarge: the file has more than ``limit`` bytes.
        """

    def read_many(self, paths: Iterable[str], *, limit: int = MAX_READ) -> Mapping[str, bytes]:
        """Return the bytes of many files in one batch.

        Paths that :meth:`read` would refuse are left out; read one of them alone to learn why.
        """

    def stream(self, path: str, target: Sink) -> None:
        """Write the bytes of the file to the target in pieces, whatever its size.

        :raises MissingPath: nothing is there, or it is not a regular file.
        """

    def id(self, path: str) -> str | None:
        """Return the Git object id of the file or directory, None where nothing is there.

        Outside a commit it is the id that Git would give to the bytes as they are.
        """

    def leaf(self, path: str) -> Leaf | None:
        """Return what stands at the path, None where nothing or a directory is there."""


def require_shallow(path: str) -> None:
    """Make sure that a path can be walked to.

    :raises NotFinished: its folders lie too deep inside one another.
    """
    if path.count("/") >= MAX_DEPTH:
        top = "/".join(path.split("/")[:2])
        message = f"the folders in {top!r} lie more than {MAX_DEPTH} deep inside one another, and no deeper is read"
        from shlex import quote

        raise NotFinished(message, hint=f"flatten them; git ls-files {quote(top)} lists what is there")


def join(directory: str, name: str) -> str:
    """Return the path of a name in a directory."""
    return f"{directory}/{name}" if directory else name


def require_file(leaf: Leaf | None, path: str) -> Leaf:
    """Return the leaf.

    :raises MissingPath: there is none, or it is not a regular file.
    """
    if leaf is None:
        raise MissingPath(path)
    if not leaf.kind.is_file:
        raise MissingPath(path, f"is a {leaf.kind.value}, not a file")
    return leaf


def sorted_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries in the order that every tree keeps: by the bytes of the name."""
    return tuple(sorted(entries, key=lambda entry: encode_path(entry.name)))


def directory_id(tree: Tree, directory: str) -> str | None:
    """Return the id that Git would give to the directory of any tree, None where there is no such directory."""
    listing = tree.listing(directory)
    return object_id("tree", render_tree(listing.values()), tree.algorithm) if listing else None


def listed(tree: Tree, directory: str, name: str, kind: Kind) -> TreeEntry:
    """Return a name of a directory as a listing has it.

    :raises MissingPath: it vanished since the directory was read.
    """
    found = tree.id(join(directory, name))
    if found is None:
        raise MissingPath(join(directory, name), "vanished while it was read")
    return TreeEntry(name, kind.mode, _OBJECTS.get(kind, "blob"), found)
