"""A web server that keeps objects: ranges, uploads, and whatever goes wrong when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from modelyard.storage.cache import Cache
from modelyard.storage.digests import digest_bytes
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.http_remote import HttpRemote
from modelyard.storage.progress import SILENT, Progress
from modelyard.storage.transfer import fetch
from modelyard.storage.wanted import Wanted

__all__ = ["Handler", "Web", "answer", "cut", "fetch_from_web", "redirect", "serve_web", "without_ranges"]


@dataclass
class Web:
    """A running server: what it serves, what it was asked, and what it does wrong, one act for each request.

    :ivar requests: method, path and the ``Range`` header of each.
    :ivar secrets: the ``Authorization`` header of each.
    :ivar conditions: the ``If-Match`` header of each.
    :ivar has_tags: whether answers bear an ``ETag``, and conditions are looked at.
    :ivar faults: taken from the front; a request that finds none is answered as it should be.
    """

    url: str
    root: Path
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    conditions: list[str | None] = field(default_factory=list)
    has_tags: bool = False
    faults: list[Callable[[Handler], None]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers from a directory."""

    protocol_version = "HTTP/1.1"
    web: Web

    def do_GET(self) -> None:
        self._note()
        if self.web.faults:
            self.web.faults.pop(0)(self)
        else:
            self.serve()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self._note()
        if self.web.faults:
            self.web.faults.pop(0)(self)
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_bytes(data)
        self.reply(201)

    def serve(self, *, ranges: bool = True, until: int | None = None) -> None:
        """Answer as one should, and with ``until`` only so far."""
        if not self._file.is_file():
            self.reply(404)
            return
        data = self._file.read_bytes()
        tag = f'"{digest_bytes(data).md5}"' if self.web.has_tags else ""
        if tag and self.headers["If-Match"] not in (None, tag):
            self.reply(412)
            return
        wanted = self.headers["Range"] if ranges else None
        first, _, last = (wanted or "bytes=0-").removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1, len(data)) if last else len(data)
        if wanted and start >= len(data):
            self.reply(416)
            return
        self.send_response(206 if wanted else 200)
        if tag:
            self.send_header("ETag", tag)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[start : end if until is None else until])
        if until is not None:
            self.close_connection = True

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer with a status and a body."""
        self.send_response(status, HTTPStatus(status).phrase)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass

    @property
    def _file(self) -> Path:
        return self.web.root / self.path.partition("?")[0].lstrip("/")

    def _note(self) -> None:
        self.web.requests.append((self.command, self.path, self.headers["Range"]))
        self.web.secrets.append(self.headers["Authorization"])
        self.web.conditions.append(self.headers["If-Match"])


def answer(status: int, body: bytes = b"", **headers: str) -> Callable[[Handler], None]:
    """Return the fault that answers so."""
    return lambda handler: handler.reply(status, body, **headers)


def redirect(url: str) -> Callable[[Handler], None]:
    """Return the fault that sends the client elsewhere."""
    return lambda handler: handler.reply(302, Location=url)


def cut(until: int) -> Callable[[Handler], None]:
    """Return the fault that promises everything, sends the object up to that offset, and hangs up."""
    return lambda handler: handler.serve(until=until)


def without_ranges(handler: Handler) -> None:
    """Send everything, whatever part was asked for."""
    handler.serve(ranges=False)


def fetch_from_web(url: str, wanted: list[Wanted], cache: Cache, *, progress: Progress = SILENT) -> None:
    """Fetch objects, as processes that a test starts can be told to."""
    fetch(wanted, HttpRemote(RemoteSettings("web", url)), cache, progress=progress)


@contextmanager
def serve_web(root: Path) -> Iterator[Web]:
    """Serve the directory at a port of the system's choice until the block ends."""
    root.mkdir(parents=True, exist_ok=True)
    handler = type("Serving", (Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        web = Web(f"http://127.0.0.1:{server.server_port}", root)
        handler.web = web  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
