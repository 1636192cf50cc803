"""A file that is being written: it takes over bytes, digests them on the way, and has no name until it is published."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from modelyard.storage.digests import CHUNK, Digests, chunks, digest_stream, digesting
from modelyard.storage.progress import SILENT, Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["NewFile"]

_FICLONE = 0x40049409  # linux/fs.h


class NewFile:
    """A file that is being written, and has no name that anybody looks for."""

    def __init__(self, directory: int, name: str, descriptor: int) -> None:
        self._directory = directory
        self._name = name
        self._descriptor = descriptor
        self.is_published = False

    def fileno(self) -> int:
        """Return the descriptor, which is closed when the block ends that opened the file."""
        return self._descriptor

    @property
    def size(self) -> int:
        """Bytes that are in it."""
        return os.fstat(self._descriptor).st_size

    def truncate(self) -> None:
        """Throw away what is in it."""
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)

    def content(self) -> Iterator[bytes]:
        """Yield what is in it; what is written afterwards comes behind."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        while chunk := os.read(self._descriptor, CHUNK):
            yield chunk

    def write(self, data: bytes | memoryview) -> None:
        """Append the bytes."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def receive(self, stream: BinaryIO, *, limit: int | None = None, progress: Progress = SILENT) -> Digests:
        """Append a stream, at most ``limit`` bytes of it, and return the digests of what was written."""
        with digesting(limit or 0) as digester:
            for chunk in chunks(stream, limit=limit):
                self.write(chunk)
                digester.update(chunk)
                progress.advance(len(chunk))
            return digester.digests()

    def take_over(self, source: BinaryIO, *, progress: Progress = SILENT) -> None:
        """Take over a whole file of which the bytes are known, sharing its blocks where the file system can."""
        size = os.fstat(source.fileno()).st_size
        if self._clone(source):
            progress.advance(size)
            return
        source.seek(_copied_by_the_kernel(source.fileno(), self._descriptor, size, progress))
        for chunk in chunks(source):
            self.write(chunk)
            progress.advance(len(chunk))

    def copy(self, source: BinaryIO, *, progress: Progress = SILENT) -> Digests:
        """Take over a whole file, sharing its blocks where the file system can, and return its digests."""
        if not self._clone(source):
            return self.receive(source, limit=os.fstat(source.fileno()).st_size + 1, progress=progress)
        with os.fdopen(os.dup(self._descriptor), "rb") as copied:
            copied.seek(0)
            digests = digest_stream(copied)
        progress.advance(digests.size)
        return digests

    def publish(self, directory: int, name: str, *, mode: int, lasting: bool = True) -> None:
        """Give the file its name, in place of any file or symbolic link that had it.

        :param lasting: force bytes and name to the disk. Without it, a machine that loses power may have forgotten the
            file or part of it: that is for what is digested before it is used, or forced to the disk otherwise.
        """
        os.fchmod(self._descriptor, mode)
        if lasting:
            os.fsync(self._descriptor)
        os.rename(self._name, name, src_dir_fd=self._directory, dst_dir_fd=directory)
        self.is_published = True
        if lasting:
            os.fsync(directory)

    def _clone(self, source: BinaryIO) -> bool:
        if os.uname().sysname != "Linux":
            return False
        import fcntl

        try:
            fcntl.ioctl(self._descriptor, _FICLONE, source.fileno())
        except OSError:
            return False
        return True


def _copied_by_the_kernel(source: int, target: int, size: int, progress: Progress) -> int:
    """Copy as much as the kernel does by itself, and return how much it was."""
    if not hasattr(os, "copy_file_range"):
        return 0
    copied = 0
    try:
        while count := os.copy_file_range(source, target, min(CHUNK, size - copied)):
            copied += count
            progress.advance(count)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
            raise
    return copied
