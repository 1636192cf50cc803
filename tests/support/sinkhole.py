"""A place that nobody may speak to, and that counts whoever does."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Sinkhole", "sinkhole"]


@dataclass
class Sinkhole:
    """Where it listens, how many connected, and what they said."""

    endpoint: str
    connections: int = 0
    heard: bytes = b""


@contextmanager
def sinkhole() -> Iterator[Sinkhole]:
    """Listen at a port of the system's choice until the block ends; hear one message of each caller, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hole = Sinkhole(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = Thread(target=_listen, args=(listener, hole))
        thread.start()
        try:
            yield hole
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _listen(listener: socket.socket, hole: Sinkhole) -> None:
    with suppress(OSError):
        while True:
            caller, _address = listener.accept()
            hole.connections += 1
            with caller, suppress(OSError):
                hole.heard += caller.recv(1 << 16)
