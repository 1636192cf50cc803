"""A proxy before a real HTTP or S3 server, where faults strike the answers that a test names."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from support.faults import Answer, Fault, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Asked", "FaultProxy", "fault_proxy"]

_OF_ONE_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    method: str
    path: str
    authorization: str | None
    range: str | None


@dataclass
class FaultProxy:
    """Where it listens, what was asked, and which fault is to strike what.

    S3's signatures hold through it: the host that a client has signed is passed on as it is.
    """

    endpoint: str
    server: tuple[str, int]
    asked: list[Asked] = field(default_factory=list)
    struck: int = 0
    ending: threading.Event = field(default_factory=threading.Event)
    _fault: Fault | None = None
    _left: int = 0
    _methods: tuple[str, ...] = ()
    _within: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def inject(
        self, fault: Fault, *, times: int = 1 << 30, methods: tuple[str, ...] = ("GET",), within: str = "/files/"
    ) -> None:
        """Let a fault strike the next answers, so many times, and count anew.

        :param within: what the path of a struck request holds; that of an object, unless it is said.
        """
        with self._lock:
            self._fault, self._left, self._methods, self._within, self.struck = fault, times, methods, within, 0
            self.asked.clear()

    def take(self, asked: Asked) -> Fault | None:
        """Note a request, and return the fault that is to strike its answer."""
        with self._lock:
            self.asked.append(asked)
            if not self._left or asked.method not in self._methods or self._within not in asked.path:
                return None
            self._left -= 1
            self.struck += 1
            return self._fault


@contextmanager
def fault_proxy(endpoint: str) -> Iterator[FaultProxy]:
    """Listen until the block ends, and pass everything on until a fault is injected."""
    url = urlsplit(endpoint)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.proxy = FaultProxy(f"http://127.0.0.1:{server.server_port}", (str(url.hostname), url.port or 80))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.proxy
    finally:
        server.proxy.ending.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    proxy: FaultProxy
    # Clients that keep a connection are left behind.
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    """One connection, one request: so no client can be ahead of a fault."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def answer(self) -> None:
        """Ask the server, and send what it answered, or what a fault makes of it."""
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = proxy.take(Asked(self.command, self.path, self.headers.get("Authorization"), self.headers.get("Range")))
        self.close_connection = True
        answer, line = self._asked(body), Line(self.connection, proxy.ending)
        # Who has heard enough hangs up.
        with suppress(OSError):
            (fault.strike if fault else _pass_on)(answer, line)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - the names that the library asks for

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def _asked(self, body: bytes) -> Answer:
        connection = http.client.HTTPConnection(*self.server.proxy.server)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "expect"):
                connection.putheader(name, value)
        connection.endheaders(body or None)
        response = connection.getresponse()
        data, length = response.read(), response.headers.get("Content-Length")
        headers = tuple(item for item in response.getheaders() if item[0].lower() not in _OF_ONE_HOP)
        connection.close()
        if self.command == "HEAD" or response.status in (204, 304):
            return Answer(response.status, response.reason, headers, b"", int(length) if length else None)
        return Answer(response.status, response.reason, headers, data, len(data))


def _pass_on(answer: Answer, line: Line) -> None:
    line.send(answer)
