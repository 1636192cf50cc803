"""Files on disk below a root, reached without ever following a symlink."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from modelyard.errors import NotFinished
from modelyard.git.failures import TooLarge
from modelyard.git.formats import new_hash, object_id, zero_id
from modelyard.tree.entries import Kind, MissingPath
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelyard.git.batch import Sink
    from modelyard.git.formats import Algorithm

__all__ = ["FileLeaf", "Found", "scan"]

_PIECE = 1 << 20
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a FIFO would wait for its writer.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL, errno.ENXIO})


class Found(NamedTuple):
    """One name in a directory on disk; a directory's size means nothing."""

    name: str
    kind: Kind
    size: int


def scan(root: Path, directory: str) -> list[Found]:
    """Return what lies in the directory, in no order; empty where there is no directory.

    Sockets, devices and FIFOs are left out, as Git leaves them out.

    :raises NotFinished: the directory cannot be read.
    """
    try:
        with _opened_directory(root, directory) as descriptor, os.scandir(descriptor) as names:
            return [found for found in map(_found, names) if found]
    except MissingPath:
        return []


def _found(entry: os.DirEntry[str]) -> Found | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    kind = _kind(status.st_mode)
    return Found(entry.name, kind, status.st_size) if kind else None


def _kind(mode: int) -> Kind | None:
    if stat.S_ISREG(mode):
        return Kind.EXECUTABLE if mode & stat.S_IXUSR else Kind.FILE
    if stat.S_ISDIR(mode):
        return Kind.DIRECTORY
    return Kind.SYMLINK if stat.S_ISLNK(mode) else None


@dataclass(frozen=True)
class FileLeaf:
    """A file, symlink or embedded repository on disk, as a listing found it."""

    root: Path
    path: str
    kind: Kind
    size: int
    algorithm: Algorithm

    @property
    def id(self) -> str:
        """The id that Git would give to the bytes as they are; an embedded repository has the zero id.

        :raises MissingPath: it vanished or changed since it was listed.
        """
        if self.kind is Kind.SUBMODULE:
            return zero_id(self.algorithm)
        if self.kind is Kind.SYMLINK:
            return object_id("blob", _link_target(self.root, self.path), self.algorithm)
        digest = new_hash("blob", self.size, self.algorithm)
        left = self.size
        for piece in _pieces(self.root, self.path):
            digest.update(piece)
            left -= len(piece)
        if left:
            raise MissingPath(self.path, "changed while it was read")
        return digest.hexdigest()

    def read(self, path: str, *, limit: int) -> bytes:
        """Return its bytes.

        :raises TooLarge: it has more than ``limit`` bytes.
        :raises MissingPath: it vanished since it was listed.
        """
        if self.size > limit:
            raise TooLarge(repr(path), size=self.size, limit=limit)
        content = b""
        for piece in _pieces(self.root, self.path):
            content += piece
            if len(content) > limit:
                raise TooLarge(repr(path), size=len(content), limit=limit)
        return content

    def stream(self, target: Sink) -> None:
        """Write its bytes to the target, in pieces.

        :raises MissingPath: it vanished since it was listed.
        """
        for piece in _pieces(self.root, self.path):
            target.write(piece)


@contextmanager
def _opened_directory(root: Path, path: str) -> Iterator[int]:
    with _explained(path):
        descriptor = os.open(root, _DIRECTORY & ~os.O_NOFOLLOW)
    try:
        for name in path.split("/") if path else ():
            inner = _open(name, _DIRECTORY, descriptor=descriptor, path=path)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _pieces(root: Path, path: str) -> Iterator[bytes]:
    directory, _, name = path.rpartition("/")
    with _opened_directory(root, directory) as parent:
        descriptor = _open(name, _FILE, descriptor=parent, path=path)
    with os.fdopen(descriptor, "rb") as file, _explained(path):
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise MissingPath(path, "is not a regular file")
        while piece := file.read(_PIECE):
            yield piece


def _link_target(root: Path, path: str) -> bytes:
    directory, _, name = path.rpartition("/")
    with _opened_directory(root, directory) as parent, _explained(path):
        return os.fsencode(os.readlink(name, dir_fd=parent))


def _open(name: str, flags: int, *, descriptor: int, path: str) -> int:
    if name in ("", ".", ".."):
        raise MissingPath(path)
    with _explained(path):
        return os.open(name, flags, dir_fd=descriptor)


@contextmanager
def _explained(path: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        # The name holds a NUL, or characters that no file name here can hold.
        raise MissingPath(path) from error
    except OSError as error:
        if error.errno in _ABSENT:
            raise MissingPath(path) from error
        raise NotFinished(f"{path or '.'!r} cannot be read: {error.strerror}") from error
