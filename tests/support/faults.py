"""Faults of a server and of the way to it: what can happen to an answer that carries bytes.

A fault gets the right answer, as a real server gave it, and a line to the client. The proxy of
:mod:`support.fault_proxy` asks the server and lets the faults strike.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from http import HTTPStatus
from threading import Event
from typing import Protocol

__all__ = [
    "Answer",
    "Cut",
    "Denied",
    "Fault",
    "Flipped",
    "Line",
    "Longer",
    "Other",
    "Page",
    "Redirected",
    "Stalled",
    "Trickling",
    "Truncated",
    "Unavailable",
]

_BODILESS = ("content-length", "transfer-encoding", "connection", "content-range", "etag", "content-type")


@dataclass(frozen=True)
class Answer:
    """What a server answered: a status, headers, and a body that may be the first bytes of it only.

    :param length: what the headers say of the body's length; None where it has none, as that of a HEAD.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    length: int | None

    def head(self) -> bytes:
        """Return status line and headers."""
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {value}" for name, value in self.headers)]
        if self.length is not None:
            lines.append(f"Content-Length: {self.length}")
        return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode("latin-1")

    def carrying(self, body: bytes) -> Answer:
        """Return the answer with another body, as a server would give it."""
        return replace(self, body=body, length=len(body))

    def instead(self, status: int, reason: str, body: bytes, **headers: str) -> Answer:
        """Return another answer in its place."""
        kept = tuple(item for item in self.headers if item[0].lower() not in _BODILESS)
        given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return Answer(status, reason, (*kept, *given), body, len(body))


@dataclass(frozen=True)
class Line:
    """The way to a client; ``ending`` is set when the proxy ends."""

    client: socket.socket
    ending: Event

    def send(self, answer: Answer) -> None:
        """Send the whole answer."""
        self.client.sendall(answer.head() + answer.body)

    def pause(self, seconds: float | None = None) -> None:
        """Wait as slow networks do; for ever, where nothing is said, but never longer than the proxy lives."""
        self.ending.wait(seconds)


class Fault(Protocol):
    """One kind of fault."""

    def strike(self, answer: Answer, line: Line) -> None:
        """Send something else than the answer, or send it in another way. The connection ends afterwards."""


@dataclass(frozen=True)
class Cut:
    """The connection ends after a fraction of the body, which was promised whole."""

    fraction: float

    def strike(self, answer: Answer, line: Line) -> None:
        line.client.sendall(answer.head() + answer.body[: int(len(answer.body) * self.fraction)])


@dataclass(frozen=True)
class Stalled:
    """Nothing comes any more after a fraction of the body, and the connection stays."""

    fraction: float

    def strike(self, answer: Answer, line: Line) -> None:
        line.client.sendall(answer.head() + answer.body[: int(len(answer.body) * self.fraction)])
        line.pause()


@dataclass(frozen=True)
class Trickling:
    """The body comes in so many pieces, with a pause after each."""

    pieces: int
    seconds: float = 0.01

    def strike(self, answer: Answer, line: Line) -> None:
        line.client.sendall(answer.head())
        step = max(1, -(-len(answer.body) // self.pieces))
        for start in range(0, len(answer.body), step):
            line.client.sendall(answer.body[start : start + step])
            line.pause(self.seconds)


@dataclass(frozen=True)
class Truncated:
    """The last bytes are missing, and the headers agree."""

    missing: int = 1

    def strike(self, answer: Answer, line: Line) -> None:
        line.send(answer.carrying(answer.body[: -self.missing]))


@dataclass(frozen=True)
class Longer:
    """There are more bytes, and the headers agree."""

    more: int = 1

    def strike(self, answer: Answer, line: Line) -> None:
        line.send(answer.carrying(answer.body + b"x" * self.more))


@dataclass(frozen=True)
class Other:
    """Every byte is another one, and there are as many."""

    def strike(self, answer: Answer, line: Line) -> None:
        line.send(answer.carrying(bytes(byte ^ 0xFF for byte in answer.body)))


@dataclass(frozen=True)
class Flipped:
    """One bit is another one, in the middle of the body."""

    def strike(self, answer: Answer, line: Line) -> None:
        body = bytearray(answer.body)
        body[len(body) // 2] ^= 1
        line.send(answer.carrying(bytes(body)))


@dataclass(frozen=True)
class Unavailable:
    """The server has no time for us: 503, or 429, in the words of S3."""

    status: int = 503
    retry_after: int | None = None

    def strike(self, answer: Answer, line: Line) -> None:
        body = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
        headers = {} if self.retry_after is None else {"Retry_After": str(self.retry_after)}
        reason = "Too Many Requests" if self.status == 429 else "Slow Down"
        line.send(answer.instead(self.status, reason, body, Content_Type="application/xml", **headers))


@dataclass(frozen=True)
class Denied:
    """S3 refuses for a reason of its own, such as a token that has expired; no server here knows all of them."""

    code: str
    status: int = 403

    def strike(self, answer: Answer, line: Line) -> None:
        body = f"<?xml version='1.0'?><Error><Code>{self.code}</Code><Message>No.</Message></Error>".encode()
        phrase = HTTPStatus(self.status).phrase
        line.send(answer.instead(self.status, phrase, body, Content_Type="application/xml"))


@dataclass(frozen=True)
class Page:
    """A page for people, with status 200: a proxy's sign-in, or a friendly excuse."""

    def strike(self, answer: Answer, line: Line) -> None:
        page = b"<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>"
        line.send(answer.instead(200, "OK", page, Content_Type="text/html"))


@dataclass(frozen=True)
class Redirected:
    """Look elsewhere, it says."""

    location: str
    status: int = 302

    def strike(self, answer: Answer, line: Line) -> None:
        line.send(answer.instead(self.status, "Found", b"", Location=self.location))
