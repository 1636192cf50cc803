"""Objects of a cache, put where an application reads them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.storage.cache import not_cached
from modelyard.storage.directories import files_of
from modelyard.storage.progress import SILENT, Progress
from modelyard.storage.wanted import Corruption, Wanted, WantedDirectory
from modelyard.storage.writing import (
    new_directory,
    new_file,
    open_directory,
    part_name,
    require_space,
    translated,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from modelyard.storage.cache import Cache

__all__ = ["place_directory", "place_file"]

_WRITABLE = 0o644


def place_file(
    wanted: Wanted, cache: Cache, target: Path, *, beneath: Path | None = None, progress: Progress = SILENT
) -> None:
    """Put an object of the cache at a path, whole and verified, or leave the path as it was.

    A file or symbolic link that stands there is replaced, and what a link points to is not touched.

    :param beneath: a directory above the target that is trusted; between it and the target no
        symbolic link is followed. The target's own directory, when nothing is said.
    :raises DigestMismatch: the object is not what is wanted; it is in quarantine now.
    :raises NotFinished: the object is not in the cache, or the disk refuses.
    """
    trusted = beneath or target.parent
    parts = target.parent.relative_to(trusted).parts
    require_space(trusted, wanted.size, what=str(target))
    with (
        translated("write", target),
        _opened(cache, wanted.oid) as source,
        open_directory(trusted, *parts) as directory,
        new_file(directory) as file,
    ):
        found = file.copy(source, progress=progress)
        difference = wanted.difference(found)
        if difference is None:
            file.publish(directory, target.name, mode=_WRITABLE)
    if difference:
        raise Corruption(wanted.oid, "the cache", difference, cache.quarantine(wanted.oid, found)).error()


def place_directory(
    wanted: WantedDirectory, cache: Cache, target: Path, *, beneath: Path | None = None, progress: Progress = SILENT
) -> None:
    """Put a directory of the cache at a path, whole and verified, or leave the path as it was.

    It is built beside the target and renamed. A directory that stands there is replaced when it
    holds no other file than those of ``wanted``.

    :param beneath: as for :func:`place_file`.
    :raises DigestMismatch: an object is not what is wanted; it is in quarantine now.
    :raises NotFinished: an object is not in the cache, or the disk refuses.
    :raises UsageError: something else stands at the target.
    """
    files = files_of(wanted, cache.read_manifest(wanted.oid))
    _refuse_foreign(target, set(files))
    trusted = beneath or target.parent
    require_space(trusted, sum(file.size for file in files.values()), what=str(target))
    with translated("write", target), _staging(trusted, target) as staging:
        for relpath, file in sorted(files.items()):
            place_file(file, cache, staging / relpath, beneath=trusted, progress=progress)
        _exchange(staging, target)


@contextmanager
def _opened(cache: Cache, oid: str) -> Iterator[BinaryIO]:
    try:
        stream = cache.open(oid)
    except OSError as error:
        raise not_cached(oid) from error
    with stream:
        yield stream


def _refuse_foreign(target: Path, known: set[str]) -> None:
    if not os.path.lexists(target) or target.is_symlink():
        return
    if not target.is_dir():
        raise UsageError(f"{target} is a file, and a directory belongs there", hint=f"move {target} away")
    found = {
        path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_symlink() or not path.is_dir()
    }
    if foreign := sorted(found - known):
        message = f"{target} holds {foreign[0]!r}, which is no part of what belongs there"
        raise UsageError(message, hint=f"move {target} away, or name another directory")


@contextmanager
def _staging(trusted: Path, target: Path) -> Iterator[Path]:
    with open_directory(trusted, *target.parent.relative_to(trusted).parts):
        pass  # no symbolic link leads to the target
    with new_directory(target.parent) as staging:
        yield staging


def _exchange(staging: Path, target: Path) -> None:
    import shutil

    former = target.with_name(part_name())
    if target.is_symlink():
        target.unlink()
    elif target.exists():
        target.rename(former)
    try:
        staging.rename(target)
    except OSError:
        if former.exists():
            former.rename(target)
        raise
    with open_directory(target.parent) as directory:
        os.fsync(directory)
    shutil.rmtree(former, ignore_errors=True)
