"""The faults that other tests rely on: each one fires, and is what its name says, before a real web server."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from threading import Event
from urllib.parse import urlsplit

import pytest

from support.fault_proxy import FaultProxy, fault_proxy
from support.faults import (
    Answer,
    Cut,
    Denied,
    Fault,
    Flipped,
    Line,
    Longer,
    Other,
    Page,
    Redirected,
    Stalled,
    Trickling,
    Truncated,
    Unavailable,
)
from support.file_server import serve_files
from support.sinkhole import sinkhole

DATA = bytes(range(250)) * 40
PATH = "/files/md5/ab/cd"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("web")
    (root / "files/md5/ab").mkdir(parents=True)
    (root / "files/md5/ab/cd").write_bytes(DATA)
    with serve_files(root) as endpoint:
        yield endpoint


@pytest.fixture
def proxy(endpoint: str) -> Iterator[FaultProxy]:
    with fault_proxy(endpoint) as proxy:
        yield proxy


def answered(proxy: FaultProxy, method: str = "GET", path: str = PATH, **headers: str) -> tuple[int, str | None, bytes]:
    """Return status, length as promised, and what came of the body."""
    with closing(http.client.HTTPConnection(urlsplit(proxy.endpoint).netloc)) as connection:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        length = response.getheader("Content-Length")
        try:
            return response.status, length, response.read()
        except http.client.IncompleteRead as error:
            return response.status, length, error.partial


def test_without_a_fault_everything_passes(proxy: FaultProxy) -> None:
    assert answered(proxy) == (200, "10000", DATA)
    assert answered(proxy, "HEAD") == (200, "10000", b"")
    assert answered(proxy, Range="bytes=9-19") == (206, "11", DATA[9:20])
    assert answered(proxy, path="/files/md5/ab/none")[0] == 404
    assert [(asked.method, asked.range) for asked in proxy.asked][:3] == [
        ("GET", None),
        ("HEAD", None),
        ("GET", "bytes=9-19"),
    ]
    assert proxy.struck == 0


@pytest.mark.parametrize(
    ("fault", "status", "promised", "body"),
    [
        (Cut(0), 200, "10000", b""),
        (Cut(0.3), 200, "10000", DATA[:3000]),
        (Truncated(), 200, "9999", DATA[:-1]),
        (Longer(), 200, "10001", DATA + b"x"),
        (Other(), 200, "10000", bytes(byte ^ 0xFF for byte in DATA)),
        (Flipped(), 200, "10000", DATA[:5000] + bytes([DATA[5000] ^ 1]) + DATA[5001:]),
        (Trickling(pieces=7, seconds=0), 200, "10000", DATA),
    ],
)
def test_a_fault_of_the_body_fires(proxy: FaultProxy, fault: Fault, status: int, promised: str, body: bytes) -> None:
    proxy.inject(fault)

    assert answered(proxy) == (status, promised, body)
    assert proxy.struck == 1


def test_a_trickle_comes_in_pieces() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        answer = Answer(200, "OK", (), DATA, len(DATA))
        Trickling(pieces=4, seconds=0).strike(answer, Line(theirs, Event()))

        assert [ours.recv(1 << 16) for _ in range(5)] == [
            answer.head(),
            *(DATA[at : at + 2500] for at in range(0, 10000, 2500)),
        ]


def test_a_stall_sends_a_part_and_then_nothing(proxy: FaultProxy) -> None:
    proxy.inject(Stalled(0.5))

    with closing(_asking(proxy)) as client:
        seen = b""
        while not seen.endswith(b"\r\n\r\n" + DATA[:5000]):
            seen += client.recv(1 << 16)
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1)


def _asking(proxy: FaultProxy) -> socket.socket:
    url = urlsplit(proxy.endpoint)
    client = socket.create_connection((str(url.hostname), url.port or 0))
    client.sendall(f"GET {PATH} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
    return client


@pytest.mark.parametrize(("status", "reason"), [(503, "Slow Down"), (429, "Too Many Requests")])
def test_a_server_without_time_says_when_to_come_again(proxy: FaultProxy, status: int, reason: str) -> None:
    proxy.inject(Unavailable(status, retry_after=3), times=2)
    with closing(http.client.HTTPConnection(urlsplit(proxy.endpoint).netloc)) as connection:
        connection.request("GET", PATH)
        response = connection.getresponse()
        assert (response.status, response.reason, response.getheader("Retry-After")) == (status, reason, "3")
        assert b"<Code>SlowDown</Code>" in response.read()

    assert answered(proxy)[0] == status
    assert answered(proxy) == (200, "10000", DATA)
    assert proxy.struck == 2


def test_a_refusal_names_its_reason(proxy: FaultProxy) -> None:
    proxy.inject(Denied("ExpiredToken"))

    status, _length, body = answered(proxy)

    assert status == 403
    assert body.endswith(b"<Error><Code>ExpiredToken</Code><Message>No.</Message></Error>")


def test_a_page_for_people_has_status_200(proxy: FaultProxy) -> None:
    proxy.inject(Page())

    status, _length, body = answered(proxy)

    assert (status, body[:15]) == (200, b"<!doctype html>")


def test_a_redirect_leads_to_a_hole_that_counts(proxy: FaultProxy) -> None:
    with sinkhole() as hole:
        proxy.inject(Redirected(f"{hole.endpoint}{PATH}"))
        with closing(http.client.HTTPConnection(urlsplit(proxy.endpoint).netloc)) as connection:
            connection.request("GET", PATH)
            location = connection.getresponse().getheader("Location")
        assert (location, hole.connections) == (f"{hole.endpoint}{PATH}", 0)

        with closing(http.client.HTTPConnection(urlsplit(str(location)).netloc)) as connection:
            connection.request("GET", PATH)
            with pytest.raises(http.client.RemoteDisconnected):
                connection.getresponse()

    assert hole.connections == 1
    assert hole.heard.startswith(f"GET {PATH} HTTP/1.1\r\n".encode())


def test_a_fault_strikes_what_is_named_and_nothing_else(proxy: FaultProxy) -> None:
    proxy.inject(Page(), methods=("HEAD",), within="/cd")

    assert answered(proxy) == (200, "10000", DATA)
    assert answered(proxy, "HEAD", path="/files/")[0] == 200
    assert proxy.struck == 0
    answered(proxy, "HEAD")
    assert proxy.struck == 1
