"""Many objects on their way into the cache at once: resumed where they were cut, verified before they have a name."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event, Lock
from typing import TYPE_CHECKING

from modelyard.storage.digests import Digester, digesting
from modelyard.storage.patience import Patience
from modelyard.storage.progress import arrived
from modelyard.storage.remotes import Absent, Interrupted, Request
from modelyard.storage.wanted import Corruption, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from modelyard.storage.cache import Cache, Received
    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Resumable
    from modelyard.storage.wanted import Expected

__all__ = ["receive_all"]

_WINDOW = 30.0  # seconds over which a rate is looked at
_SLOWEST = 1_000  # bytes in a second
_WORTH_MENTION = 1 << 16  # bytes: a try that brings fewer has brought nothing


def receive_all(
    expected: Sequence[Expected], source: Resumable, cache: Cache, *, jobs: int, progress: Progress
) -> Mapping[str, Outcome]:
    """Bring objects into the cache, several at once, and say of each what became of it.

    The first one that cannot be finished ends them all; what has arrived of them stays, to be resumed.

    :param jobs: how many at once; each takes a few megabytes of memory, whatever the size of its object.
    :raises NotFinished: the remote fails too often, or refuses, or the disk is full.
    """
    work = _Work(source, cache, progress)
    with ThreadPoolExecutor(min(jobs, len(expected))) as pool:
        futures = {item.oid: pool.submit(work.receive, item) for item in expected}
        try:
            wait(futures.values(), return_when=FIRST_EXCEPTION)
        finally:
            work.stop()
            pool.shutdown(cancel_futures=True)
    for future in futures.values():
        # Who was told to stop is not the one that failed.
        if not future.cancelled() and (failure := future.exception()) and not isinstance(failure, _Stopped):
            raise failure
    return {oid: future.result() for oid, future in futures.items()}


class _Stopped(Exception):
    """Another object could not be finished."""


class _Work:
    """What the threads share."""

    def __init__(self, source: Resumable, cache: Cache, progress: Progress) -> None:
        self._source = source
        self._cache = cache
        self._progress = progress
        self._counting = Lock()
        self._stopped = Event()

    def stop(self) -> None:
        self._stopped.set()

    def receive(self, item: Expected) -> Outcome:
        """Bring one object into the cache."""
        self._pause(0)
        with self._cache.resuming(item.oid, pause=self._pause) as received:
            if self._cache.holds(item.oid) and self._cache.verify(item) is None:
                return Outcome()  # another process was faster
            with digesting(item.limit) as digester:
                resumed = _take_up(item, received, digester)
                try:
                    self._to_the_end(item, received, digester)
                except Absent:
                    received.file.truncate()
                    return Outcome(missing=True)
                found = digester.digests()
            difference = item.difference(found)
            if difference is None:
                received.keep(item.oid, found, lasting=False)
                with self._counting:
                    arrived(self._progress)
                return Outcome()
            where = self._source.place(item.oid)
            where = f"{where}, of which {resumed} bytes were here already," if resumed else where
            return Outcome(Corruption(item.oid, where, difference, received.quarantine(item.oid, found)))

    def _to_the_end(self, item: Expected, received: Received, digester: Digester) -> None:
        patience = Patience(self._source.place(item.oid), pause=self._pause)
        while received.file.size < item.limit or not item.limit:
            before = received.file.size
            try:
                self._stretch(item, received, digester)
            except Interrupted as failure:
                if received.file.size - before >= _WORTH_MENTION:
                    patience.renew()
                patience.wait(failure)
            else:
                return

    def _stretch(self, item: Expected, received: Received, digester: Digester) -> None:
        """Take what comes of one answer, and one byte more than is wanted at most."""
        start = received.file.size
        left = item.limit + 1 - start
        with self._source.read(Request(item.oid, item.limit), start) as pieces:
            for piece in _quick_enough(pieces):
                self._pause(0)
                part = piece if len(piece) <= left else memoryview(piece)[:left].tobytes()
                received.file.write(part)
                digester.update(part)
                left -= len(part)
                with self._counting:
                    self._progress.advance(len(part))
                if not left:
                    return

    def _pause(self, seconds: float) -> None:
        if self._stopped.wait(seconds) if seconds else self._stopped.is_set():
            raise _Stopped


def _take_up(item: Expected, received: Received, digester: Digester) -> int:
    """Digest what an earlier transfer left, which is never believed, and return how much it is."""
    if received.file.size > item.limit:
        received.file.truncate()
    for chunk in received.file.content():
        digester.update(chunk)
    return received.file.size


def _quick_enough(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces, unless they come so slowly that nobody waits for the last of them."""
    since, count = time.monotonic(), 0
    for piece in pieces:
        count += len(piece)
        now = time.monotonic()
        if now - since > _WINDOW:
            if count < _SLOWEST * (now - since):
                raise Interrupted(f"it sent {count} bytes in {now - since:.0f} seconds")
            since, count = now, 0
        yield piece
