"""Objects of a cache, put where an application reads them."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.storage.cache import digest_object, not_cached
from modelyard.storage.digests import chunks, digest_sha256
from modelyard.storage.directories import files_of
from modelyard.storage.progress import SILENT, Progress
from modelyard.storage.sealing import open_sealed
from modelyard.storage.wanted import Corruption, Wanted, WantedDirectory
from modelyard.storage.writing import (
    force,
    new_directory,
    new_file,
    open_directory,
    open_regular,
    part_name,
    require_space,
    translated,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from modelyard.documents.sealed import Sealed
    from modelyard.storage.cache import Cache
    from modelyard.storage.digests import Digests
    from modelyard.storage.new_file import NewFile

__all__ = ["place_directory", "place_file", "stands", "stands_whole", "write_object"]

_WRITABLE = 0o644
_READ_ONLY = 0o444
_NO_OID = "0" * 32


def stands(wanted: Wanted, target: Path, *, beneath: Path) -> bool:
    """Whether the file is in its place already: a regular file with exactly these bytes, no symbolic link on the way.

    A sealed file stands there once it is opened.

    :param beneath: a directory above the target that is trusted.
    """
    try:
        with (
            open_directory(beneath, *target.parent.relative_to(beneath).parts, create=False) as directory,
            open_regular(target.name, directory=directory) as stream,
        ):
            standing = wanted.standing
            if os.fstat(stream.fileno()).st_size != standing.size:
                return False
            return digest_sha256(stream, md5=wanted.oid).sha256 == standing.sha256
    except OSError:
        return False


def place_file(
    wanted: Wanted,
    cache: Cache,
    target: Path,
    *,
    beneath: Path | None = None,
    progress: Progress = SILENT,
    link: bool = False,
    lasting: bool = True,
) -> None:
    """Put an object of the cache at a path, whole and verified, or leave the path as it was.

    A file or symbolic link that stands there is replaced, and what a link points to is not touched. The file shares
    its blocks with the cache where the file system can do that, and is a copy otherwise. A sealed file is opened on its
    way, once it is verified, and what was inside is verified too.

    :param beneath: a directory above the target that is trusted; between it and the target no
        symbolic link is followed. The target's own directory, when nothing is said.
    :param link: make it a hard link rather than a copy where the file system can. It is read-only then, for who
        writes to it writes to the cache, and to every other such link.
    :param lasting: see :meth:`NewFile.publish`.
    :raises DigestMismatch: the object is not what is wanted, and is in quarantine now; or it holds something else.
    :raises NotFinished: the object is not in the cache, no identity opens it, or the disk refuses.
    :raises UsageError: a library that opens it is not installed.
    """
    if wanted.sealed:
        _place_opened(wanted, wanted.sealed, cache, target, beneath=beneath, lasting=lasting)
        return
    trusted = beneath or target.parent
    parts = target.parent.relative_to(trusted).parts
    # Of a directory that is built as a whole this was asked once.
    if lasting and not link:
        require_space(trusted, wanted.size, what=str(target))
    with (
        translated("write", target),
        _opened(cache, wanted.oid) as source,
        open_directory(trusted, *parts) as directory,
    ):
        found = cache.digests_of(wanted.oid, source)
        if link:
            found = found or digest_object(source, wanted)
            path = cache.path(wanted.oid)
            if wanted.difference(found) is None and _linked(source, path, directory, target.name, lasting=lasting):
                return
            source.seek(0)
        with new_file(directory) as file:
            if found:
                file.take_over(source, progress=progress)
                # What was read before must be what was copied now.
                found = cache.digests_of(wanted.oid, source)
            found = found or _copied_anew(file, source, progress)
            difference = wanted.difference(found)
            if difference is None:
                file.publish(directory, target.name, mode=_WRITABLE, lasting=lasting)
    if difference:
        raise Corruption(wanted.oid, "the cache", difference, cache.quarantine(wanted.oid, found)).error()


def write_object(wanted: Wanted, cache: Cache, stream: BinaryIO) -> None:
    """Write an object of the cache to a stream, once all of it is verified, and opened where it is sealed.

    :raises DigestMismatch: as for :func:`place_file`; nothing was written.
    :raises NotFinished: as for :func:`place_file`.
    :raises UsageError: as for :func:`place_file`.
    """
    with _verified(wanted, cache) as source:
        if wanted.sealed is None:
            stream.writelines(chunks(source))
            return
        with cache.receiving() as received:
            open_sealed(source, received.file, wanted.sealed)
            stream.writelines(received.file.content())


def _place_opened(
    wanted: Wanted, sealed: Sealed, cache: Cache, target: Path, *, beneath: Path | None, lasting: bool
) -> None:
    trusted = beneath or target.parent
    require_space(trusted, sealed.size, what=str(target))
    with (
        translated("write", target),
        _verified(wanted, cache) as source,
        open_directory(trusted, *target.parent.relative_to(trusted).parts) as directory,
        new_file(directory) as file,
    ):
        open_sealed(source, file, sealed)
        file.publish(directory, target.name, mode=_WRITABLE, lasting=lasting)


@contextmanager
def _verified(wanted: Wanted, cache: Cache) -> Iterator[BinaryIO]:
    """Give an object of the cache, at its first byte, once it was read to its last."""
    with _opened(cache, wanted.oid) as source:
        found = cache.digests_of(wanted.oid, source) or digest_object(source, wanted)
        if difference := wanted.difference(found):
            raise Corruption(wanted.oid, "the cache", difference, cache.quarantine(wanted.oid, found)).error()
        source.seek(0)
        yield source


def _copied_anew(file: NewFile, source: BinaryIO, progress: Progress) -> Digests:
    file.truncate()
    source.seek(0)
    return file.copy(source, progress=progress)


def _linked(source: BinaryIO, path: Path, directory: int, name: str, *, lasting: bool) -> bool:
    """Give an object of the cache a second name, in place of any file that has it; False where that cannot be done."""
    part = part_name()
    try:
        os.link(path, part, dst_dir_fd=directory, follow_symlinks=False)
    except OSError:
        return False
    try:
        # It must be the very file that was read, in whose place another may have been put.
        if not os.path.samestat(os.stat(part, dir_fd=directory, follow_symlinks=False), os.fstat(source.fileno())):
            return False
        os.fchmod(source.fileno(), _READ_ONLY)
        if lasting:
            os.fsync(source.fileno())  # an object of the cache is not forced to the disk when it arrives
        os.rename(part, name, src_dir_fd=directory, dst_dir_fd=directory)
    finally:
        # A rename onto another name of the same file does nothing, and leaves both.
        with suppress(FileNotFoundError):
            os.unlink(part, dir_fd=directory)
    if lasting:
        os.fsync(directory)
    return True


def place_directory(
    wanted: WantedDirectory,
    cache: Cache,
    target: Path,
    *,
    beneath: Path | None = None,
    progress: Progress = SILENT,
    link: bool = False,
) -> None:
    """Put a directory of the cache at a path, whole and verified, or leave the path as it was.

    It is built beside the target and renamed. A directory that stands there is replaced when it
    holds no other file than those of ``wanted``.

    :param beneath: as for :func:`place_file`.
    :param link: as for :func:`place_file`.
    :raises DigestMismatch: an object is not what is wanted; it is in quarantine now.
    :raises NotFinished: an object is not in the cache, or the disk refuses.
    :raises UsageError: something else stands at the target.
    """
    listed = files_of(wanted, cache.read_manifest(wanted.oid))
    files = {file.sealed.opened(relpath) if file.sealed else relpath: file for relpath, file in listed.items()}
    _refuse_foreign(target, set(files))
    trusted = beneath or target.parent
    require_space(trusted, sum(file.standing.size for file in files.values()), what=str(target))
    with translated("write", target), _staging(trusted, target) as staging:
        for relpath, file in sorted(files.items()):
            place_file(file, cache, staging / relpath, beneath=trusted, progress=progress, link=link, lasting=False)
        force(staging, files)
        _exchange(staging, target)


@contextmanager
def _opened(cache: Cache, oid: str) -> Iterator[BinaryIO]:
    try:
        stream = cache.open(oid)
    except OSError as error:
        raise not_cached(oid) from error
    with stream:
        yield stream


def stands_whole(wanted: WantedDirectory, target: Path, *, beneath: Path) -> bool:
    """Whether a directory is in its place already: exactly its files, and every one of them as it should be."""
    standing = wanted.standing
    if target.is_symlink() or _files_below(target) != standing.keys():
        return False
    # No file of the place is found by its object id, so the sha256 alone decides.
    known = {relpath: Wanted(_NO_OID, content.sha256, content.size) for relpath, content in standing.items()}
    return all(stands(file, target / relpath, beneath=beneath) for relpath, file in known.items())


def _files_below(target: Path) -> set[str]:
    return {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_symlink() or not path.is_dir()}


def _refuse_foreign(target: Path, known: set[str]) -> None:
    if not os.path.lexists(target) or target.is_symlink():
        return
    if not target.is_dir():
        raise UsageError(f"{target} is a file, and a directory belongs there", hint=f"move {target} away")
    if foreign := sorted(_files_below(target) - known):
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
