"""A large object over several connections: its ranges are asked for ahead, and given in order.

Whoever takes them appends and digests as they come, so what is in a file is always whole from its beginning, and can be
gone on from whatever happens.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from threading import Event
from typing import TYPE_CHECKING

from modelyard.storage.patience import quick_enough
from modelyard.storage.remotes import Absent, Interrupted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from modelyard.storage.remotes import Part, Ranged, Request

    _Queue = SimpleQueue[bytes | Exception | None]

__all__ = ["LARGE", "MOST", "in_ranges"]

_RANGE = 4 << 20  # bytes
LARGE = 4 * _RANGE  # bytes from which on it is quicker
MOST = 4  # connections for one object; so many ranges of it are in memory at most


def in_ranges(source: Ranged, request: Request, start: int, *, width: int) -> Generator[bytes]:
    """Yield an object's bytes from an offset on to ``request.limit``, which is its size, over so many connections.

    A remote that knows no ranges, or an object of another size, is read to its end over one.

    :raises Absent: there is no such object.
    :raises Interrupted: the remote did not answer, or not to the end, or the object was replaced meanwhile.
    :raises NotFinished: the remote refuses.
    """
    stop = min(start + _RANGE, request.limit)
    with source.part(request, start, stop) as first:
        if first.is_range and first.total in (None, request.limit):
            with closing(_Ahead(source, request, stop, first.tag, width - 1)) as ahead:
                yield from _exactly(first, stop - start)
                yield from ahead.pieces()
            return
        yield from first.pieces
    if first.is_range:
        with source.read(request, stop) as pieces:
            yield from pieces


class _Ahead:
    """The ranges behind the first one, each read by a thread into a queue of its own."""

    def __init__(self, source: Ranged, request: Request, start: int, tag: str | None, width: int) -> None:
        self._source = source
        self._request = request
        self._tag = tag
        self._stopped = Event()
        self._offsets = iter(range(start, request.limit, _RANGE))
        self._pool = ThreadPoolExecutor(width)
        self._queues: deque[_Queue] = deque()
        for _ in range(width):
            self._ask()

    def close(self) -> None:
        """End the threads, whatever they are at."""
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)

    def pieces(self) -> Iterator[bytes]:
        """Yield what the threads read, in order."""
        while self._queues:
            queue = self._queues.popleft()
            while (piece := queue.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
            self._ask()

    def _ask(self) -> None:
        offset = next(self._offsets, None)
        if offset is not None:
            queue: _Queue = SimpleQueue()
            self._queues.append(queue)
            self._pool.submit(self._read, offset, queue)

    def _read(self, start: int, queue: _Queue) -> None:
        stop = min(start + _RANGE, self._request.limit)
        try:
            with self._source.part(self._request, start, stop, tag=self._tag) as part:
                for piece in _exactly(part, stop - start):
                    if self._stopped.is_set():
                        return
                    queue.put(piece)
        except Absent:
            queue.put(Interrupted("it has the object no longer"))
        except Exception as error:  # noqa: BLE001 - it is raised where the range is waited for
            queue.put(error)
        else:
            queue.put(None)


def _exactly(part: Part, size: int) -> Iterator[bytes]:
    """Yield so many bytes of a part, and no more."""
    if not part.is_range:
        raise Interrupted("it sent one range, and something else when it was asked for the next one")
    left = size
    for piece in quick_enough(part.pieces):
        yield piece if len(piece) <= left else piece[:left]
        left -= len(piece)
        if left <= 0:
            return
    raise Interrupted(f"it sent {size - left} bytes of the {size} that were asked for")
