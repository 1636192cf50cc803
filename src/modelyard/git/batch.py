"""One ``git cat-file --batch-command`` process and the protocol that it speaks."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol, cast

from modelyard.git.failures import LeftOut, MissingObject
from modelyard.git.formats import encode_path
from modelyard.git.process import first_line

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence

    from modelyard.git.location import Location

__all__ = ["Batch", "ObjectInfo", "Sink"]

_PIECE = 1 << 20
_LEFT_OUT = re.compile(r"could not fetch ([0-9a-f]+) from promisor remote", re.ASCII)
# The requests of a window fit into the smallest pipe (one page of 4 KiB), so writing them never
# waits for a git that is itself waiting for us to read.
_WINDOW_BYTES = 4096


class Sink(Protocol):
    """Takes bytes piece by piece: an open file, or something that hashes."""

    def write(self, data: bytes, /) -> object:
        """Take the next piece."""


class ObjectInfo(NamedTuple):
    """What git says of an object: its full id, its kind (blob, tree, commit, tag) and its size in bytes."""

    id: str
    kind: str
    size: int


class _Running(NamedTuple):
    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]
    complaints: IO[bytes]


class Batch:
    """Asks one git process about many objects. It starts with the first question.

    An interrupted answer ends the process, so that no later question reads the rest of it.
    """

    def __init__(self, location: Location) -> None:
        self._location = location
        self._running: _Running | None = None
        self._abandoned: _Running | None = None

    def close(self) -> None:
        """End the process; a further question would start another."""
        if self._running:
            running, self._running = self._running, None
            running.process.kill()
            running.process.communicate()
            running.complaints.close()

    def abandon(self) -> None:
        """Leave the process to the one that we were forked from; a further question starts our own."""
        # It is kept, since to forget a running process is an error to Python.
        self._abandoned, self._running = self._running, None

    def info(self, names: Sequence[str]) -> list[ObjectInfo | None]:
        """Return what git knows of each name, None where the name is unknown or ambiguous.

        Names hold no line break.

        :raises MissingObject: git stopped answering.
        """
        found = []
        for window in _windows("info", names):
            with self._asking(window) as running:
                found += [_header(running) for _ in window]
        return found

    def contents(self, ids: Sequence[str]) -> Iterator[bytes]:
        """Yield the bytes of each object, all of which exist.

        :raises MissingObject: git stopped answering.
        """
        for window in _windows("contents", ids):
            with self._asking(window) as running:
                found = [_whole(running) for _ in window]
            yield from found

    def stream(self, object_id: str, target: Sink) -> None:
        """Write the bytes of an object that exists to the target, in pieces of at most 1 MiB.

        :raises MissingObject: git stopped answering.
        """
        for window in _windows("contents", [object_id]):
            with self._asking(window) as running:
                for piece in _pieces(running):
                    target.write(piece)

    @contextmanager
    def _asking(self, requests: Sequence[bytes]) -> Iterator[_Running]:
        running = self._running = self._running or self._start()
        try:
            _send(running, requests)
            yield running
        except _Stopped as stopped:
            raise self._failure(running) from stopped
        except BaseException:
            self.close()
            raise

    def _start(self) -> _Running:
        complaints = _scratch_file()
        process = self._location.spawn("cat-file", "--batch-command", "--buffer", stderr=complaints)
        return _Running(process, cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout), complaints)

    def _failure(self, running: _Running) -> MissingObject:
        running.process.wait()
        running.complaints.seek(0)
        reason = first_line(running.complaints.read(_PIECE)) or "it gave no reason"
        self.close()
        left_out = _LEFT_OUT.fullmatch(reason)
        if left_out:
            return LeftOut(left_out[1])
        return MissingObject(f"git cat-file stopped answering: {reason}", hint="git fsck")


def _scratch_file() -> IO[bytes]:
    # A pipe for complaints could fill up unread, and stop git for good.
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("complaints"), "w+b")
    else:  # noqa: RET505 - mypy passes over the branch of another platform
        import tempfile

        return tempfile.TemporaryFile()


class _Stopped(Exception):
    """The process has closed its end of a pipe."""


def _windows(command: str, names: Sequence[str]) -> Iterator[list[bytes]]:
    window: list[bytes] = []
    size = 0
    for name in names:
        request = b"%s %s\n" % (command.encode(), encode_path(name))
        if window and size + len(request) > _WINDOW_BYTES:
            yield window
            window, size = [], 0
        window.append(request)
        size += len(request)
    if window:
        yield window


def _send(running: _Running, requests: Sequence[bytes]) -> None:
    try:
        # Git keeps its answers together until it is told to send them: one write where there were eighty.
        running.requests.write(b"".join([*requests, b"flush\n"]))
        running.requests.flush()
    except BrokenPipeError as error:
        raise _Stopped from error


def _header(running: _Running) -> ObjectInfo | None:
    line = running.answers.readline()
    if not line.endswith(b"\n"):
        raise _Stopped
    fields = line.split()
    if len(fields) != 3 or not fields[2].isdigit():
        return None
    return ObjectInfo(fields[0].decode("ascii"), fields[1].decode("ascii"), int(fields[2]))


def _whole(running: _Running) -> bytes:
    size = _size(running)
    whole = running.answers.read(size + 1)
    if len(whole) != size + 1 or not whole.endswith(b"\n"):
        raise _Stopped
    return whole[:-1]


def _size(running: _Running) -> int:
    # Asked for each file of a registry: nothing else of the line matters here.
    line = running.answers.readline()
    size = line[line.rfind(b" ") + 1 : -1]
    if not size.isdigit() or not line.endswith(b"\n"):
        raise _Stopped
    return int(size)


def _pieces(running: _Running) -> Iterator[bytes]:
    left = _size(running)
    while left:
        piece = running.answers.read(min(left, _PIECE))
        if not piece:
            raise _Stopped
        left -= len(piece)
        yield piece
    if running.answers.read(1) != b"\n":
        raise _Stopped
