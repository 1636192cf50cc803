"""A relay before a server: passes every byte on, and notes what is asked."""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Relay", "relayed"]

_REQUEST = re.compile(rb"^([A-Z]{3,7} \S+) HTTP/1\.[01]\r\n((?:[^\r\n]+\r\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Relay:
    """Where the relay listens, the requests that went through it, such as ``HEAD /models/x``, and their headers."""

    endpoint: str
    requests: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)


@contextmanager
def relayed(endpoint: str) -> Iterator[Relay]:
    """Listen at a port of the system's choice until the block ends, and pass everything on to the endpoint."""
    url = urlsplit(endpoint)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = Thread(target=_accept, args=(listener, (str(url.hostname), url.port or 80), relay))
        thread.start()
        try:
            yield relay
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _accept(listener: socket.socket, target: tuple[str, int], relay: Relay) -> None:
    served = []
    with suppress(OSError):
        while True:
            client, _address = listener.accept()
            served.append((client, Thread(target=_serve, args=(client, target, relay))))
            served[-1][1].start()
    for client, thread in served:
        # A client may keep its connections for a while.
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(client: socket.socket, target: tuple[str, int], relay: Relay) -> None:
    with client, socket.create_connection(target) as server:
        back = Thread(target=_pass_on, args=(server, client, None))
        back.start()
        _pass_on(client, server, relay)
        back.join()


def _pass_on(source: socket.socket, target: socket.socket, relay: Relay | None) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            if relay:
                for request, headers in _REQUEST.findall(data):
                    relay.requests.append(request.decode("ascii", "replace"))
                    relay.heads.append(headers.decode("ascii", "replace").lower())
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
