"""Many objects on their way into the cache at once: resumed where they were cut, verified before they have a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, closing, contextmanager
from threading import Event, Lock
from typing import TYPE_CHECKING

from modelyard.storage.digests import Digester, digesting
from modelyard.storage.patience import Patience, quick_enough
from modelyard.storage.progress import arrived
from modelyard.storage.ranges import LARGE, MOST, in_ranges
from modelyard.storage.remotes import Absent, Interrupted, Ranged, Request
from modelyard.storage.wanted import Corruption, Outcome, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.storage.cache import Cache, Received
    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Resumable
    from modelyard.storage.wanted import Expected

__all__ = ["receive_all"]

_WORTH_MENTION = 1 << 16  # bytes: a try that brings fewer has brought nothing

_Read = Callable[[Request, int], AbstractContextManager[Iterator[bytes]]]


def receive_all(
    expected: Sequence[Expected],
    source: Resumable,
    cache: Cache,
    *,
    jobs: int,
    progress: Progress,
    is_doubted: bool = False,
) -> Mapping[str, Outcome]:
    """Bring objects into the cache, several at once, and say of each what became of it.

    Where there are fewer objects than could be fetched at once, a large one is read over several connections. The first
    one that cannot be finished ends them all; what has arrived of them stays, to be resumed.

    :param jobs: how many at once; each takes a few megabytes of memory, whatever the size of its object.
    :param is_doubted: asks for whole objects only, since what came of their ranges was wrong.
    :raises NotFinished: the remote fails too often, or refuses, or the disk is full.
    """
    work = _Work(source, cache, progress, connections=0 if is_doubted else jobs, unfinished=len(expected))
    if min(jobs, len(expected)) == 1:
        return {item.oid: work.receive(item) for item in expected}
    return _all_at_once(expected, work, jobs)


def _all_at_once(expected: Sequence[Expected], work: _Work, jobs: int) -> Mapping[str, Outcome]:
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

    def __init__(
        self, source: Resumable, cache: Cache, progress: Progress, *, connections: int, unfinished: int
    ) -> None:
        self._source = source
        self._cache = cache
        self._progress = progress
        self._connections = connections
        self._unfinished = unfinished
        self._counting = Lock()
        self._stopped = Event()

    def stop(self) -> None:
        self._stopped.set()

    def receive(self, item: Expected) -> Outcome:
        """Bring one object into the cache."""
        outcome = self._receive(item)
        with self._counting:
            self._unfinished -= 1
        return outcome

    def _receive(self, item: Expected) -> Outcome:
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
        read = self._in_ranges if isinstance(item, Wanted) else self._source.read
        while received.file.size < item.limit or not item.limit:
            before = received.file.size
            try:
                self._stretch(item, received, digester, read)
            except Interrupted as failure:
                read = self._source.read  # who cannot serve one connection is not asked for more of them
                if received.file.size - before >= _WORTH_MENTION:
                    patience.renew()
                patience.wait(failure)
            else:
                return

    def _stretch(self, item: Expected, received: Received, digester: Digester, read: _Read) -> None:
        """Take what comes of one answer, and one byte more than is wanted at most."""
        start = received.file.size
        left = item.limit + 1 - start
        with read(Request(item.oid, item.limit), start) as pieces:
            for piece in quick_enough(pieces):
                self._pause(0)
                part = piece if len(piece) <= left else memoryview(piece)[:left].tobytes()
                received.file.write(part)
                digester.update(part)
                left -= len(part)
                with self._counting:
                    self._progress.advance(len(part))
                if not left:
                    return

    @contextmanager
    def _in_ranges(self, request: Request, start: int) -> Iterator[Iterator[bytes]]:
        """Give the object's bytes over as many connections as are not needed for others."""
        with self._counting:
            width = min(self._connections // max(self._unfinished, 1), MOST)
        if isinstance(self._source, Ranged) and width > 1 and request.limit - start >= LARGE:
            with closing(in_ranges(self._source, request, start, width=width)) as pieces:
                yield pieces
        else:
            with self._source.read(request, start) as pieces:
                yield pieces

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
