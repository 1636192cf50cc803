"""A Git server over HTTP: ``git http-backend`` before a folder of repositories, and what is asked of it."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from support.git_backend import answer_of_git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["GitServer", "serving_git"]


@dataclass
class GitServer:
    """Where it listens, and the requests that came, such as ``POST git-upload-pack``.

    :param dumb: whether it knows no more than files, as any web server does.
    :ivar answers: clear it, and whoever asks for objects waits until it is set again.
    :ivar waits: set when somebody waits.
    """

    root: Path
    url: str = ""
    dumb: bool = False
    requests: list[str] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)
    waits: threading.Event = field(default_factory=threading.Event)

    def asked(self) -> list[str]:
        """Return the requests since the last question."""
        asked, self.requests = self.requests, []
        return asked


@contextmanager
def serving_git(root: Path) -> Iterator[GitServer]:
    """Serve the repositories below a folder until the block ends."""
    served = GitServer(root)
    served.answers.set()

    class Bound(_Handler):
        git = served

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        served.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    git: GitServer

    def respond(self) -> None:
        place = urlsplit(self.path)
        self.git.requests.append(f"{self.command} {place.path.partition('.git/')[2]}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.command == "POST" and not self.git.answers.is_set():
            self.git.waits.set()
            self.git.answers.wait(60)
        query = "" if self.git.dumb else place.query
        status, fields, content = answer_of_git(self.git.root, self.command, place.path, query, self.headers, body)
        self.send_response(status)
        for name, value in {**fields, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(content)

    do_GET = do_POST = respond  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass
