"""One object after another from a source that can be read from anywhere."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from modelyard.storage.patience import Patience, persistently
from modelyard.storage.remotes import Absent, Arrival

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.storage.remotes import Request, Resumable

__all__ = ["arrivals"]


def arrivals(source: Resumable, requests: Sequence[Request]) -> Iterator[Arrival]:
    """Yield each object from memory, one byte more than its limit at most: for objects that are small.

    :raises NotFinished: the remote fails too often, or refuses.
    """
    for request in requests:
        data = _whole(source, request)
        yield Arrival(request.oid, None if data is None else io.BytesIO(data))


def _whole(source: Resumable, request: Request) -> bytes | None:
    data = bytearray()

    def read() -> None:
        with source.read(request, len(data)) as pieces:
            for piece in pieces:
                data.extend(memoryview(piece)[: request.limit + 1 - len(data)])
                if len(data) > request.limit:
                    return

    try:
        persistently(read, Patience(source.place(request.oid)))
    except Absent:
        return None
    return bytes(data)
