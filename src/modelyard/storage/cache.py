"""A DVC 3 cache: objects by their md5, read-only, shared with ``dvc`` itself.

The cache is a convenience and never believed: whatever leaves it was read, to its last byte, by the process that it
leaves for. That process does not read it a second time as long as the file is the same one, unchanged.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from modelyard.documents.paths import parse_path
from modelyard.documents.scalars import InvalidScalar
from modelyard.errors import NotFinished, UsageError
from modelyard.storage.digests import Digests, digest_bytes, digest_sha256, digest_stream
from modelyard.storage.layout import object_path
from modelyard.storage.manifests import MAX_SIZE, ManifestEntry, manifest_oid, render
from modelyard.storage.partial import partial_file
from modelyard.storage.progress import SILENT, Progress
from modelyard.storage.recency import note_use
from modelyard.storage.wanted import Corruption, Expected, Named, Wanted
from modelyard.storage.writing import (
    new_directory,
    new_file,
    open_directory,
    open_regular,
    require_space,
    translated,
)
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    from modelyard.storage.new_file import NewFile

__all__ = ["Cache", "DirectoryDigests", "Received", "digest_object", "not_cached", "open_source"]

_READ_ONLY = 0o444
_WHERE = "the cache"
_Identity = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class DirectoryDigests:
    """What a directory is: id of its manifest, bytes in all its files, their number, and each of them."""

    oid: str
    size: int
    nfiles: int
    files: Mapping[str, Digests]


class Received:
    """A file that is arriving in the cache."""

    def __init__(self, cache: Cache, file: NewFile) -> None:
        self._cache = cache
        self.file = file

    def keep(self, oid: str, found: Digests | None = None, *, lasting: bool = True) -> None:
        """Make the file the object of that name. The caller has seen to it that it is.

        :param found: what the caller found in it, which then need not be read again to be put in place.
        :param lasting: as for :meth:`NewFile.publish`; what can be fetched again need not outlast a loss of power.
        """
        directory, name = self._cache.split(oid)
        with open_directory(self._cache.root, *directory) as descriptor:
            self.file.publish(descriptor, name, mode=_READ_ONLY, lasting=lasting)
        if found:
            self._cache.remember(oid, self.file.fileno(), found)

    def quarantine(self, oid: str, found: Digests) -> Path:
        """Put the file where nobody takes it for an object, and return its path."""
        target = self._cache.quarantine_path(oid, found)
        with open_directory(self._cache.root, target.parent.name) as descriptor:
            self.file.publish(descriptor, target.name, mode=_READ_ONLY)
        return target


class Cache:
    """The cache at a directory, which is made when something is first written to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, tuple[_Identity, Digests]] = {}

    def path(self, oid: str) -> Path:
        """Return where the object lies, or would lie."""
        return self.root / object_path(oid)

    def split(self, oid: str) -> tuple[tuple[str, ...], str]:
        """Return the directories below the root that lead to an object, and its name in the last of them."""
        *directory, name = PurePosixPath(object_path(oid)).parts
        return tuple(directory), name

    def holds(self, oid: str) -> bool:
        """Whether there is a file of that name; what is in it is another question.

        Who asks is about to use it, and that is noted: nobody who tidies the cache takes it away meanwhile.
        """
        path = self.path(oid)
        if not path.is_file():
            return False
        note_use(path)
        return True

    def open(self, oid: str) -> BinaryIO:
        """Open an object for reading, unverified, and note that it is used.

        :raises OSError: it is not there, or it is no regular file.
        """
        stream = open_regular(f"{self.root}/{object_path(oid)}")
        note_use(stream.fileno())
        return stream

    def digests_of(self, oid: str, stream: BinaryIO) -> Digests | None:
        """Return what this process found in the object when it read it, or None where that may no longer hold.

        :param stream: the object as it is open now.
        """
        identity, digests = self._read.get(oid, (None, None))
        return digests if identity == _identity(stream.fileno()) else None

    def remember(self, oid: str, descriptor: int, digests: Digests) -> None:
        """Note what this process found in an object that it has written to its last byte."""
        self._read[oid] = (_identity(descriptor), digests)

    def add_file(self, path: Path, *, progress: Progress = SILENT) -> Digests:
        """Take a file into the cache and return its digests, computed of the bytes that were taken.

        :raises UsageError: there is no such regular file.
        :raises NotFinished: the disk is full, or refuses.
        """
        with open_source(path) as source:
            size = os.fstat(source.fileno()).st_size
            require_space(self.root, size, what=f"the copy of {path} in the cache")
            with self.receiving() as received:
                digests = received.file.copy(source, progress=progress)
                received.keep(digests.md5)
        return digests

    def add_directory(self, path: Path, *, progress: Progress = SILENT) -> DirectoryDigests:
        """Take a directory's files and its manifest into the cache, the manifest last.

        Empty directories are not kept, as DVC does not keep them.

        :raises UsageError: there is no such directory, or it holds a symbolic link, a special
            file, or a name that no manifest may hold.
        :raises NotFinished: the disk is full, or refuses.
        """
        files = {relpath: self.add_file(path / relpath, progress=progress) for relpath in _walk(path)}
        data = render(ManifestEntry(relpath, digests.md5) for relpath, digests in files.items())
        return DirectoryDigests(self.add_manifest(data), sum(item.size for item in files.values()), len(files), files)

    def add_manifest(self, data: bytes) -> str:
        """Take the bytes of a manifest into the cache, and return its object id."""
        oid = manifest_oid(data)
        self.add_bytes(data, oid)
        return oid

    def add_bytes(self, data: bytes, oid: str) -> None:
        """Take bytes into the cache under the name that the caller has found theirs to be.

        :raises NotFinished: the disk is full, or refuses.
        """
        with self.receiving() as received:
            received.file.write(data)
            received.keep(oid)

    def read_manifest(self, oid: str) -> bytes:
        """Return the manifest's bytes, verified by md5.

        :raises DigestMismatch: it is something else than its name says; it is in quarantine now.
        :raises NotFinished: it is not there.
        """
        try:
            with self.open(oid) as stream:
                data = stream.read(MAX_SIZE + 1)
        except OSError as error:
            raise not_cached(oid) from error
        found = digest_bytes(data)
        difference = Named(oid, MAX_SIZE).difference(found)
        if difference:
            raise Corruption(oid, _WHERE, difference, self.quarantine(oid, found)).error()
        return data

    def verify(self, expected: Expected) -> Corruption | None:
        """Read an object and compare it with what is expected; what differs is moved to quarantine.

        Where a SHA-256 is expected, it alone is computed: MD5 has found the object, and proves nothing more.

        :raises NotFinished: it is not there, or cannot be read.
        """
        with translated("read", self.path(expected.oid)), self.open(expected.oid) as stream:
            before = _identity(stream.fileno())
            found = digest_object(stream, expected)
            if before == _identity(stream.fileno()):
                self._read[expected.oid] = (before, found)
        difference = expected.difference(found)
        if difference is None:
            return None
        return Corruption(expected.oid, _WHERE, difference, self.quarantine(expected.oid, found))

    @contextmanager
    def receiving(self) -> Iterator[Received]:
        """Open a file that may become an object; otherwise nothing remains of it.

        :raises NotFinished: the disk is full, or refuses.
        """
        with (
            translated("write to the cache", self.root),
            open_directory(self.root, "incoming") as directory,
            new_file(directory) as file,
        ):
            yield Received(self, file)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a new directory on the cache's disk, for files on their way in; it is gone with all in it afterwards.

        :raises NotFinished: the disk is full, or refuses.
        """
        with translated("write to the cache", self.root):
            sealing = self.root / "sealing"
            sealing.mkdir(parents=True, exist_ok=True)
            with new_directory(sealing) as directory:
                yield directory

    @contextmanager
    def resuming(self, oid: str, *, pause: Callable[[float], object]) -> Iterator[Received]:
        """Open the file in which an object arrives, with what an earlier transfer left in it.

        Another process that fetches the same object is waited for, so look whether it is there afterwards.

        :param pause: waits for so many seconds; may raise to end the waiting.
        :raises NotFinished: the disk is full, or refuses.
        """
        with (
            translated("write to the cache", self.root),
            open_directory(self.root, "incoming") as directory,
            partial_file(directory, f"{oid}.part", pause=pause) as file,
        ):
            yield Received(self, file)

    def quarantine(self, oid: str, found: Digests) -> Path:
        """Move an object to where nobody takes it for one, and return its new path.

        :raises NotFinished: it is not there, or cannot be moved.
        """
        target = self.quarantine_path(oid, found)
        with translated("move a corrupt object out of", self.root):
            target.parent.mkdir(parents=True, exist_ok=True)
            self.path(oid).replace(target)
        return target

    def quarantine_path(self, oid: str, found: Digests) -> Path:
        """Return where bytes go that were taken for an object and are not; the same bytes always to one place."""
        return self.root / "quarantine" / f"{oid}-{found.sha256[:16]}"


def digest_object(stream: BinaryIO, expected: Expected) -> Digests:
    """Return the digests of an object; its md5 is taken from its name where a SHA-256 is expected."""
    return digest_sha256(stream, md5=expected.oid) if isinstance(expected, Wanted) else digest_stream(stream)


def _identity(descriptor: int) -> _Identity:
    """Return what changes when a file does: any write, even one that puts its time back, moves the time of change."""
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def not_cached(oid: str) -> NotFinished:
    """Return the exception that says that an object is missing here."""
    return NotFinished(
        f"object {oid} is not in the cache", hint="run `dvc fetch` where its pointer lies, or `modelyard pull`"
    )


def open_source(path: Path) -> BinaryIO:
    """Open a file of an artifact that is to be stored.

    :raises UsageError: there is no such regular file.
    """
    try:
        return open_regular(path)
    except OSError as error:
        message = f"{path} cannot be read as a regular file: {error.strerror or 'it is something else'}"
        raise UsageError(message, hint="name a file that is no symbolic link and that you may read") from error


def _walk(root: Path) -> list[str]:
    if root.is_symlink() or not root.is_dir():
        raise UsageError(f"{root} is not a directory", hint="name a directory that is no symbolic link")
    found = []
    for directory, names, files in os.walk(root, onerror=_refuse):
        links = [name for name in names if (Path(directory) / name).is_symlink()]
        found += [(Path(directory) / name).relative_to(root).as_posix() for name in (*files, *links)]
    for relpath in found:
        try:
            parse_path(relpath)
        except InvalidScalar as invalid:
            raise UsageError(
                f"{invalid.message}, in {root}", hint="rename it, or leave it out of the artifact"
            ) from invalid
    return sorted(found)


def _refuse(error: OSError) -> None:
    message = f"{error.filename} cannot be read: {error.strerror}"
    raise UsageError(message, hint="give yourself permission to read it") from error
