"""What stands in a directory, held against what should: every byte of it is read, and no link is followed.

What starts an application asks this first, so nothing is imported that the answer does not need.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from modelyard.documents.delivery import DeliveredFile, Delivery

__all__ = ["Found", "compare", "sha256_of", "stands"]

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Found:
    """How a directory differs from what should be in it; paths are relative to it.

    :param missing: files that are not there.
    :param other: files with other bytes, and whatever else has the name of one: a link, a directory.
    :param foreign: what is not to be there at all.
    """

    missing: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether there is no difference."""
        return not (self.missing or self.other or self.foreign)


def compare(directory: Path, files: Mapping[str, DeliveredFile]) -> Found:
    """Return how a directory differs from the files that should be in it; one that is not there lacks all of them.

    :raises OSError: it can't be read, or is a file or a symbolic link.
    """
    try:
        standing = dict(_walk(str(directory), ""))
    except FileNotFoundError:
        return Found(missing=tuple(sorted(files)))
    other = [path for path in files if path in standing and not _is(standing[path], files[path])]
    return Found(
        missing=tuple(sorted(path for path in files if path not in standing)),
        other=tuple(sorted(other)),
        foreign=tuple(sorted(path for path in standing if path not in files)),
    )


def stands(directory: Path, delivery: Delivery) -> bool:
    """Whether all files of a delivery are in their place below a directory, which may be reached through links.

    A directory behind a pointer has to be whole and to hold nothing else. What stands beside is nobody's business.
    """
    whole, files = tuple(delivery.directories), delivery.opened.files
    try:
        for path in whole:
            inside = {name.removeprefix(f"{path}/"): file for name, file in _below(path, files)}
            if not (_is_reached(directory, path) and compare(directory / path, inside).is_right):
                return False
        return all(
            _is_reached(directory, path) and _is(f"{directory}/{path}", file)
            for path, file in files.items()
            if not path.startswith(tuple(f"{each}/" for each in whole))
        )
    except OSError:
        return False


def sha256_of(path: str | Path) -> str | None:
    """Return the SHA-256 of a regular file, None of anything else.

    :raises OSError: it can't be read.
    """
    import hashlib

    digest = hashlib.sha256()
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except OSError:
        if stat.S_ISREG(os.lstat(path).st_mode):
            raise
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        while chunk := os.read(descriptor, _CHUNK):
            digest.update(chunk)
    finally:
        os.close(descriptor)
    return digest.hexdigest()


def _below(path: str, files: Mapping[str, DeliveredFile]) -> Iterator[tuple[str, DeliveredFile]]:
    return ((name, file) for name, file in files.items() if name.startswith(f"{path}/"))


def _is_reached(directory: Path, path: str) -> bool:
    """Whether each directory between the two is one, and no link."""
    parts = path.split("/")[:-1]
    above = (f"{directory}/{'/'.join(parts[:count])}" for count in range(1, len(parts) + 1))
    return all(stat.S_ISDIR(os.lstat(each).st_mode) for each in above)


def _is(path: str, file: DeliveredFile) -> bool:
    # The size says it of most, and costs nothing.
    return os.lstat(path).st_size == file.size and sha256_of(path) == file.sha256


def _walk(directory: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield whatever is no directory: its relative path, and its path."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        with os.scandir(descriptor) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    finally:
        os.close(descriptor)
    for name, is_directory in found:
        if is_directory:
            yield from _walk(f"{directory}/{name}", f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", f"{directory}/{name}"
