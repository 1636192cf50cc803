"""HTTP as transfers need it: connections are kept, nothing surprises on the way, and failures are told apart.

A redirection is followed on the same server only. So what proves who we are reaches nobody else, and no answer of a
server leads into somebody's network.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from weakref import finalize

from modelyard.errors import NotFinished
from modelyard.storage.certificates import certificate_fault, refused_certificate
from modelyard.storage.digests import CHUNK
from modelyard.storage.proxies import proxy_for
from modelyard.storage.remotes import Absent, Interrupted
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from http.client import HTTPConnection, HTTPResponse
    from typing import BinaryIO

    from modelyard.storage.http_settings import HttpSettings
    from modelyard.storage.proxies import Proxy

__all__ = ["PASSING", "HttpClient", "body_of"]

_REDIRECTIONS = (301, 302, 303, 307, 308)
_MOST_REDIRECTIONS = 5
_ABSENT = (404, 410)
_ANOTHER = 412  # than the one that If-Match names
PASSING = (408, 425, 429, 500, 502, 503, 504)
_PIECE = 1 << 18  # bytes; servers send 32 KiB at a time, and each piece wakes two threads
_SOON = 0.5  # seconds
_DRAINED = 1 << 16  # bytes of an error's text that are read to keep the connection


@dataclass(frozen=True)
class _Exchange:
    """An answer, and the connection that it comes by."""

    connection: HTTPConnection
    response: HTTPResponse


class HttpClient:
    """Asks one server. Any number of threads may.

    :param refusal: what an answer means to those who know the server better, or None; asked of each answer.
    """

    def __init__(
        self,
        settings: HttpSettings,
        *,
        describe: str,
        refusal: Callable[[HTTPResponse], Exception | None] = lambda _response: None,
    ) -> None:
        self.settings = settings
        self._describe = describe
        self._refusal = refusal
        self._idle: list[HTTPConnection] = []
        self._context: ssl.SSLContext | None = None
        finalize(self, _close, self._idle)

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port of the server, as a URL begins with them."""
        ours = self.settings
        host = f"[{ours.host}]" if ":" in ours.host else ours.host
        usual = {"https": 443, "http": 80}.get(ours.scheme) == ours.port
        return f"{ours.scheme}://{host}" if usual else f"{ours.scheme}://{host}:{ours.port}"

    @cached_property
    def _proxy(self) -> Proxy | None:
        return proxy_for(self.settings.scheme, self.settings.host, self.settings.port)

    @contextmanager
    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: BinaryIO | None = None
    ) -> Iterator[HTTPResponse]:
        """Give the answer to a request, with its body still to be read.

        :raises Absent: there is nothing under that path.
        :raises Interrupted: there was no answer, or one that says "later".
        :raises NotFinished: the server refuses, or sends us to another one.
        """
        exchange = self._follow(method, path, {**self.settings.headers, **(headers or {})}, body)
        try:
            self._judge(exchange.response)
            yield exchange.response
        finally:
            self._give_back(exchange)

    def _follow(self, method: str, path: str, headers: Mapping[str, str], body: BinaryIO | None) -> _Exchange:
        for _ in range(_MOST_REDIRECTIONS):
            exchange = self._send(method, path, headers, body)
            location = exchange.response.getheader("Location")
            if exchange.response.status not in _REDIRECTIONS or not location:
                return exchange
            refusal = self._refusal(exchange.response)
            self._give_back(exchange)
            if refusal:
                raise refusal
            path = self._same_server(path, location)
            if body:
                body.seek(0)
        raise NotFinished(f"{self._describe} sends us in circles", hint="look at the server, or at its address")

    def _same_server(self, path: str, location: str) -> str:
        ours = self.settings
        url = urlsplit(urljoin(f"{self.origin}{path}", location))
        port = url.port or (443 if url.scheme == "https" else 80)
        if (url.scheme, url.hostname, port) != (ours.scheme, ours.host, ours.port):
            hint = "if that is where the objects are, make it the address of the remote: `dvc remote modify`"
            other = f"{url.scheme}://{url.hostname}:{port}"
            raise NotFinished(f"{self._describe} sends us to another server, {other}: not followed", hint=hint)
        return f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: BinaryIO | None) -> _Exchange:
        while self._idle and body is None:
            # The server may have closed a connection that lay idle; that is no failure of its own.
            with suppress(OSError, http.client.HTTPException, IndexError):
                return self._answer(self._idle.pop(), method, path, headers, None)
        try:
            return self._answer(self._connect(), method, path, headers, body)
        except (OSError, http.client.HTTPException) as error:
            raise self._failure(error) from error

    def _answer(
        self, connection: HTTPConnection, method: str, path: str, headers: Mapping[str, str], body: BinaryIO | None
    ) -> _Exchange:
        target, sent = path, {**headers, "Accept-Encoding": "identity"}
        if self._proxy and self.settings.scheme == "http":
            target, sent = f"{self.origin}{path}", {**sent, **self._proxy.headers}
        try:
            connection.request(method, target, body=body, headers=sent)
            return _Exchange(connection, connection.getresponse())
        except BaseException:
            connection.close()
            raise

    def _connect(self) -> HTTPConnection:
        ours, proxy = self.settings, self._proxy
        host, port = (proxy.host, proxy.port) if proxy else (ours.host, ours.port)
        connection: HTTPConnection
        if ours.scheme == "https":
            self._context = self._context or ours.context()
            connection = http.client.HTTPSConnection(host, port, timeout=ours.connect, context=self._context)
            if proxy:
                connection.set_tunnel(ours.host, ours.port, headers=proxy.headers)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=ours.connect)
        try:
            connection.connect()
        except BaseException as error:
            connection.close()
            if proxy and isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
                raise proxy.failure(str(error), _interruption(error).reason, describe=self._describe) from error
            raise
        connection.sock.settimeout(ours.read)
        return connection

    def _failure(self, error: Exception) -> Exception:
        """Return what to raise for a connection that failed."""
        if not isinstance(error, ssl.SSLCertVerificationError):
            return _interruption(error)
        fault = certificate_fault(error.verify_message)
        return refused_certificate(fault, describe=self._describe, remote=self.settings.remote)

    def _judge(self, response: HTTPResponse) -> None:
        if 200 <= response.status < 300 or response.status == 416:
            return
        if response.status == 407 and self._proxy:
            raise self._proxy.refusal(f"407 {response.reason}", describe=self._describe)
        if refusal := self._refusal(response):
            raise refusal
        if response.status in _ABSENT:
            raise Absent
        said = f"it answered {response.status} {response.reason}".rstrip()
        if response.status in PASSING:
            raise Interrupted(said, after=_retry_after(response))
        if response.status == _ANOTHER:
            raise Interrupted("the object was replaced while it was read")
        hint = "look at its address (`dvc remote list`), at your credentials for it, and at the network"
        raise NotFinished(f"{self._describe} cannot be used: {said}", hint=hint)

    def _give_back(self, exchange: _Exchange) -> None:
        """Read what little may be left of an answer, and keep the connection, or end it."""
        response = exchange.response
        if not response.isclosed() and response.length is not None and response.length <= _DRAINED:
            with suppress(OSError, http.client.HTTPException):
                response.read()
        if response.isclosed() and not response.will_close:
            self._idle.append(exchange.connection)
        else:
            exchange.connection.close()
        response.close()


def _close(connections: list[HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def body_of(response: HTTPResponse) -> Iterator[bytes]:
    """Yield the body as it comes, in pieces that are worth handing on, and each before half a second is over.

    :raises Interrupted: it ended early, or nothing came for too long; all that came was given.
    """
    expected, count = response.length, 0
    failure: Exception | None = None
    ended = False
    while not ended:
        gathered: list[bytes] = []
        size, since = 0, time.monotonic()
        while size < _PIECE and time.monotonic() - since < _SOON:
            try:
                part = response.read1(CHUNK)
            except (OSError, http.client.HTTPException) as error:
                part, failure = b"", error
            if not part:
                ended = True
                break
            gathered.append(part)
            size += len(part)
        count += size
        if gathered:
            yield gathered[0] if len(gathered) == 1 else b"".join(gathered)
    if failure:
        raise _interruption(failure) from failure
    if expected is not None and count < expected:
        raise Interrupted(f"the connection was cut {count} bytes into an answer of {expected}")


def _interruption(error: Exception) -> Interrupted:
    if isinstance(error, (TimeoutError, socket.timeout)):
        return Interrupted("nothing came for too long")
    if isinstance(error, socket.gaierror):
        return Interrupted("the name of the server is not known")
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Interrupted(text[:1].lower() + text[1:])


def _retry_after(response: HTTPResponse) -> float | None:
    text = (response.getheader("Retry-After") or "").strip()
    # A date there would be compared with this machine's clock, which need not be right.
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
