"""A directory in another's place: at no moment is there half of either, and nearly nowhere a moment without both."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from modelyard.storage.writing import open_directory

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["exchange"]

_AT_CWD = -100  # linux/fcntl.h
_EXCHANGE = 2  # linux/fs.h, and RENAME_SWAP of sys/stdio.h


def exchange(new: Path, target: Path) -> None:
    """Put a whole directory at a path of the same file system, and remove the directory that was there.

    Linux and macOS swap the two in one step. A file system that cannot (NFS, some FUSE) takes two: a process that
    dies between them leaves the path empty, with the old directory beside ``new``.

    :raises OSError: the file system refuses; then the path is as it was.
    """
    if not os.path.lexists(target):
        new.rename(target)
    elif not _swapped(new, target):
        _rename_twice(new, target)
    with open_directory(target.parent) as directory:
        os.fsync(directory)
    shutil.rmtree(new, ignore_errors=True)


def _swapped(new: Path, target: Path) -> bool:
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    ours, theirs = os.fsencode(new), os.fsencode(target)
    if sys.platform == "darwin":
        swap = getattr(library, "renamex_np", None)
        return swap is not None and swap(ours, theirs, _EXCHANGE) == 0
    swap = getattr(library, "renameat2", None)
    return swap is not None and swap(_AT_CWD, ours, _AT_CWD, theirs, _EXCHANGE) == 0


def _rename_twice(new: Path, target: Path) -> None:
    former = new.with_name(f"{new.name}-former")
    target.rename(former)
    try:
        new.rename(target)
    except OSError:
        former.rename(target)
        raise
    shutil.rmtree(former, ignore_errors=True)
