"""Files that are not there until they are whole.

A new file is written under a name of its own, forced to the disk, and renamed; then its directory is
forced to the disk too. A process that dies at any moment leaves the old file or the new one, and at
most a ``.modelyard-*.part`` beside it, which a later process sweeps away.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from modelyard.errors import NotFinished
from modelyard.storage.new_file import NewFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

__all__ = [
    "force",
    "new_directory",
    "new_file",
    "open_directory",
    "open_regular",
    "part_name",
    "require_space",
    "stale_parts",
    "translated",
]

_PART = re.compile(r"\.modelyard-([0-9]+)-[0-9a-f]{16}\.part", re.ASCII)
_OBJECT_PART = re.compile(r"[0-9a-f]{32}(?:\.dir)?\.part", re.ASCII)
_STALE_SECONDS = 24 * 60 * 60
_FORGOTTEN_SECONDS = 7 * _STALE_SECONDS
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_SWEPT: set[tuple[int, int]] = set()
_FEW = 16  # files for which one call each is quicker than waiting for what others have written


def force(directory: Path, relpaths: Collection[str]) -> None:
    """Force files of a directory, and their names, to the disk: by one call for many where the system has it.

    :raises OSError: the disk refuses.
    """
    with open_directory(directory, create=False) as descriptor:
        if len(relpaths) > _FEW and _synced(descriptor):
            return
    parents = {parent for relpath in relpaths for parent in PurePosixPath(relpath).parents}
    for path in (*relpaths, *map(str, parents)):
        descriptor = os.open(directory / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _synced(descriptor: int) -> bool:
    """Force all that is written to the file system to the disk; False where there is no such call."""
    import ctypes

    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if call is None:
        return False
    if call(descriptor):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return True


def part_name() -> str:
    """Return a name for something unfinished, which nothing else has."""
    return f".modelyard-{os.getpid()}-{os.urandom(8).hex()}.part"


@contextmanager
def new_file(directory: int) -> Iterator[NewFile]:
    """Open a new file in a directory; unless it is published, it is gone at the end of the block."""
    _sweep(directory)
    name = part_name()
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o600, dir_fd=directory)
    file = NewFile(directory, name, descriptor)
    try:
        yield file
    finally:
        os.close(descriptor)
        if not file.is_published:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=directory)


def _sweep(directory: int) -> None:
    """Remove what dead processes left in a directory, once for each directory that this process writes to."""
    found = os.fstat(directory)
    identity = found.st_dev, found.st_ino
    if identity in _SWEPT:
        return
    _SWEPT.add(identity)
    for stale in stale_parts(directory):
        with suppress(OSError):
            os.unlink(stale, dir_fd=directory)


@contextmanager
def new_directory(parent: Path) -> Iterator[Path]:
    """Make an empty directory in a directory; unless it is renamed, it is gone at the end of the block."""
    import shutil

    with open_directory(parent) as descriptor:
        stale = stale_parts(descriptor)
    for name in stale:
        shutil.rmtree(parent / name, ignore_errors=True)
    directory = parent / part_name()
    directory.mkdir()
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def open_directory(root: Path, *parts: str, create: bool = True) -> Iterator[int]:
    """Open the directory that the parts name below the root, making what is missing.

    The root may be reached through symbolic links, the parts may not.

    :raises OSError: a part is a symbolic link or no directory, or is missing and not to be made.
    """
    descriptor = _opened(root, create=create)
    try:
        for part in parts:
            if part in ("", ".", "..") or "/" in part:
                raise OSError(errno.EINVAL, f"{part!r} is not the name of a directory")
            inner = _opened_inside(descriptor, part, create=create)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(root: Path, *, create: bool) -> int:
    # Most are there already, and to make them first would cost two calls more for each file in them.
    flags = _DIRECTORY & ~os.O_NOFOLLOW
    try:
        return os.open(root, flags)
    except FileNotFoundError:
        if not create:
            raise
    root.mkdir(parents=True, exist_ok=True)
    return os.open(root, flags)


def _opened_inside(directory: int, part: str, *, create: bool) -> int:
    try:
        return os.open(part, _DIRECTORY, dir_fd=directory)
    except FileNotFoundError:
        if not create:
            raise
    with suppress(FileExistsError):
        os.mkdir(part, dir_fd=directory)
    return os.open(part, _DIRECTORY, dir_fd=directory)


def open_regular(path: str | Path, *, directory: int | None = None) -> BinaryIO:
    """Open a regular file for reading, and never wait for a pipe or follow a symbolic link.

    :param directory: an open one, which the path is relative to.

    :raises OSError: there is no such file, or it is something else than a regular file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return os.fdopen(descriptor, "rb")


def require_space(directory: Path, needed: int, *, what: str) -> None:
    """Make sure that so many bytes fit on the disk that holds a directory.

    :raises NotFinished: they do not.
    """
    existing = next(path for path in (directory, *directory.absolute().parents) if path.exists())
    disk = os.statvfs(existing)
    free = disk.f_bavail * disk.f_frsize
    if needed > free:
        raise NotFinished(
            f"{what} needs {needed} bytes, {free} are free on the disk that holds {directory}",
            hint="free some space there, or choose another directory, and run the command again",
        )


@contextmanager
def translated(what: str, path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into :class:`NotFinished`; ``what`` is like "write to"."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        hint = f"look at the disk, the permissions and any symbolic link of {path}, and run the command again"
        raise NotFinished(f"cannot {what} {path}: {reason}", hint=hint) from error


def stale_parts(directory: int) -> list[str]:
    """Return the names of what dead processes left behind in a directory more than a day ago.

    What could still be resumed, since it is named by its object, is left for a week.
    """
    now = time.time()
    with os.scandir(directory) as entries:
        return [entry.name for entry in entries if _is_stale(entry, now)]


def _is_stale(entry: os.DirEntry[str], now: float) -> bool:
    if _OBJECT_PART.fullmatch(entry.name):
        with suppress(OSError):
            return entry.stat(follow_symlinks=False).st_mtime < now - _FORGOTTEN_SECONDS
        return False
    part = _PART.fullmatch(entry.name)
    if part is None:
        return False
    with suppress(OSError):
        return entry.stat(follow_symlinks=False).st_mtime < now - _STALE_SECONDS and not _lives(int(part[1]))
    return False


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
