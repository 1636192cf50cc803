"""Files that are arriving under the name of their object, so that what came before a cut is not fetched twice.

One process at a time writes to such a file. The lock is a courtesy, which spares the others the transfer: that no wrong
byte gets a name is the work of digests and of an atomic rename.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from modelyard.storage.new_file import NewFile
from modelyard.storage.writing import new_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["partial_file"]

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LOOK_AGAIN = 0.05  # seconds
_STANDS_STILL = 60.0  # seconds without a byte, after which the other process is taken for stopped


@contextmanager
def partial_file(
    directory: int, name: str, *, pause: Callable[[float], object] = time.sleep, patience: float = _STANDS_STILL
) -> Iterator[NewFile]:
    """Open the file for appending, when no other process does, and leave it there unless it is published.

    Where another process holds it and makes no progress, or where the file system knows no locks, it is a new file
    that nobody shares. After an error of the operating system, such as a full disk, nothing of it is left.

    :raises OSError: there is something else of that name, or the disk refuses.
    """
    descriptor = _locked(directory, name, pause, patience)
    if descriptor is None:
        with new_file(directory) as file:
            yield file
        return
    keep = True
    try:
        yield NewFile(directory, name, descriptor)
    except OSError:
        keep = False
        raise
    finally:
        with suppress(FileNotFoundError):
            if _is(directory, name, descriptor) and not (keep and os.fstat(descriptor).st_size):
                os.unlink(name, dir_fd=directory)
        os.close(descriptor)


def _locked(directory: int, name: str, pause: Callable[[float], object], patience: float) -> int | None:
    import fcntl

    size, since = -1, time.monotonic()
    while True:
        descriptor = os.open(name, _FLAGS, 0o600, dir_fd=directory)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            current = os.fstat(descriptor).st_size
            os.close(descriptor)
        except OSError:
            # There are no locks, so nobody will write to it: what may just have been made does not stay.
            if not os.fstat(descriptor).st_size:
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=directory)
            os.close(descriptor)
            return None
        else:
            # Whoever held it may have published it since, and then this is no longer the file of that name.
            if _is(directory, name, descriptor):
                os.utime(descriptor)
                return descriptor
            os.close(descriptor)
            continue
        if current != size:
            size, since = current, time.monotonic()
        elif time.monotonic() - since > patience:
            return None
        pause(_LOOK_AGAIN)


def _is(directory: int, name: str, descriptor: int) -> bool:
    ours = os.fstat(descriptor)
    if not stat.S_ISREG(ours.st_mode):
        raise OSError(f"{name} is not a regular file")
    try:
        named = os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino)
