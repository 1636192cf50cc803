"""A proxy as companies have them: it is told the server that is meant, and goes there for whoever may use it."""

from __future__ import annotations

import base64
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ForwardProxy", "forward_proxy"]

_REFUSAL = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_NOWHERE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class ForwardProxy:
    """Where it listens, and what it was asked, such as ``CONNECT models.example.org:443``."""

    endpoint: str
    servers: Mapping[str, str]
    user: str | None
    asked: list[str] = field(default_factory=list)


@contextmanager
def forward_proxy(servers: Mapping[str, str], *, user: str | None = None) -> Iterator[ForwardProxy]:
    """Listen at a port of the system's choice until the block ends.

    :param servers: the hosts that it knows, each with the address of the server that stands for it.
    :param user: ``name:password`` of the one who may use it; everybody where it is left out.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = ForwardProxy(f"http://127.0.0.1:{listener.getsockname()[1]}", servers, user)
        thread = Thread(target=_accept, args=(listener, proxy))
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _accept(listener: socket.socket, proxy: ForwardProxy) -> None:
    with suppress(OSError):
        while True:
            client, _address = listener.accept()
            # Clients that keep a connection are left behind.
            Thread(target=_serve, args=(client, proxy), daemon=True).start()


def _serve(client: socket.socket, proxy: ForwardProxy) -> None:
    with client, suppress(OSError):
        head = _head(client)
        method, target, _version = head[0].split(" ")
        host = urlsplit(f"//{target}" if method == "CONNECT" else target).hostname or ""
        proxy.asked.append(f"{method} {target}")
        if proxy.user and f"Basic {base64.b64encode(proxy.user.encode()).decode()}" not in "\n".join(head):
            client.sendall(_REFUSAL)
        elif host not in proxy.servers:
            client.sendall(_NOWHERE)
        else:
            _connect(client, head, proxy.servers[host], tunnel=method == "CONNECT")


def _head(client: socket.socket) -> list[str]:
    """Read the head of a request, and not a byte more."""
    read = b""
    while not read.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        if not byte:
            raise ConnectionError
        read += byte
    return read.decode("latin-1").split("\r\n")[:-2]


def _connect(client: socket.socket, head: list[str], endpoint: str, *, tunnel: bool) -> None:
    url = urlsplit(endpoint)
    with socket.create_connection((url.hostname, url.port or 80)) as server:
        if tunnel:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            # One connection, one request: the next one may be for another server.
            ours = ("proxy-", "connection:")
            kept = [line for line in head[1:] if not line.lower().startswith(ours)]
            server.sendall("\r\n".join([head[0], *kept, "Connection: close", "", ""]).encode("latin-1"))
        back = Thread(target=_pass_on, args=(server, client))
        back.start()
        _pass_on(client, server)
        back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
