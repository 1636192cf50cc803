"""Remotes behind a proxy that the environment names: gone through, told who we are, left out, named when it fails."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelyard.storage import patience
from support.certificates import Authority
from support.consumers import FILES, Consumer, keep_models_at, place_of
from support.file_server import serve_files
from support.forward_proxy import forward_proxy
from support.registry import Ran, Scene
from support.s3 import BUCKET, S3Server, serve_s3

HOST = "models.example.org"  # known to nobody but the proxy
LATER = "run the command again when it answers: what has arrived is kept, and is not fetched twice"
KINDS = [(kind, scheme) for kind in ("web", "bucket") for scheme in ("http", "https")]


@dataclass(frozen=True)
class Servers:
    """A web server and an S3 server, each with TLS and without."""

    authority: Authority
    endpoints: dict[tuple[str, str], str]

    def keep_models_at(self, scene: Scene, kind: str, endpoint: str) -> str:
        """Keep the registry's models at a server of that kind, and return its URL."""
        trusted = {"ssl_verify": str(self.authority.file)}
        if kind == "web":
            keep_models_at(scene, endpoint, **trusted)
            return endpoint
        url = f"s3://{BUCKET}/dvc"
        keep_models_at(scene, url, **S3Server(endpoint, Path()).options(), **trusted)
        return url


@pytest.fixture(scope="module")
def servers(merged_once: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    root = tmp_path_factory.mktemp("servers")
    objects = root / BUCKET / "dvc"
    shutil.copytree(merged_once.storage, objects)
    authority = Authority(tmp_path_factory.mktemp("authority"))
    certificate = authority.sign("server", HOST)
    endpoints = {}
    with ExitStack() as stack:
        for scheme, with_tls in (("http", None), ("https", certificate)):
            endpoints["web", scheme] = stack.enter_context(serve_files(objects, certificate=with_tls))
            bucket = stack.enter_context(serve_s3(root, certificate=with_tls))
            endpoints["bucket", scheme] = bucket.endpoint
        yield Servers(authority, endpoints)


@pytest.fixture
def consumer(merged: Scene, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Consumer:
    monkeypatch.setattr(patience, "_FIRST", 0.001)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return Consumer(merged, own_cache)


def delivered(consumer: Consumer) -> None:
    ran = consumer.pull()
    assert (ran.code, ran.err) == (0, "")
    assert consumer.found() == consumer.right()


def unused_address() -> str:
    """Return an address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(("kind", "scheme"), KINDS)
def test_what_a_proxy_alone_reaches_is_pulled(
    consumer: Consumer, servers: Servers, monkeypatch: pytest.MonkeyPatch, kind: str, scheme: str
) -> None:
    servers.keep_models_at(consumer.scene, kind, f"{scheme}://{HOST}")
    with forward_proxy({HOST: servers.endpoints[kind, scheme]}) as proxy:
        monkeypatch.setenv(f"{scheme.upper()}_PROXY", proxy.endpoint)

        delivered(consumer)

    methods = {asked.split(" ")[0] for asked in proxy.asked}
    assert methods == ({"CONNECT"} if scheme == "https" else {"GET"})


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_a_proxy_alone_reaches_is_pushed(
    consumer: Consumer, servers: Servers, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    options = {**S3Server(f"{scheme}://{HOST}", Path()).options(), "ssl_verify": str(servers.authority.file)}
    keep_models_at(consumer.scene, f"s3://{BUCKET}/pushed-by-{scheme}", **options)
    with forward_proxy({HOST: servers.endpoints["bucket", scheme]}) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.endpoint)

        pushed = consumer.scene.run("push")

        assert (pushed.code, pushed.err) == (0, "")
        delivered(consumer)


@pytest.mark.parametrize(("kind", "scheme"), KINDS)
def test_a_proxy_is_told_who_we_are(
    consumer: Consumer, servers: Servers, monkeypatch: pytest.MonkeyPatch, kind: str, scheme: str
) -> None:
    servers.keep_models_at(consumer.scene, kind, f"{scheme}://{HOST}")
    with forward_proxy({HOST: servers.endpoints[kind, scheme]}, user="ada:s3cr:t") as proxy:
        monkeypatch.setenv(f"{scheme}_proxy", proxy.endpoint.replace("http://", "http://ada:s3cr%3At@"))

        delivered(consumer)


@pytest.mark.parametrize(("kind", "scheme"), KINDS)
def test_a_proxy_that_wants_to_know_who_we_are_is_named(
    consumer: Consumer, servers: Servers, monkeypatch: pytest.MonkeyPatch, kind: str, scheme: str
) -> None:
    url = servers.keep_models_at(consumer.scene, kind, f"{scheme}://{HOST}")
    with forward_proxy({HOST: servers.endpoints[kind, scheme]}, user="ada:secret") as proxy:
        monkeypatch.setenv(f"{scheme.upper()}_PROXY", proxy.endpoint.replace("http://", "http://ada:wrong@"))

        ran = consumer.pull()

    assert ran == Ran(
        3,
        "",
        f"modelyard: remote 'storage' ({url}) cannot be used: the proxy {proxy.endpoint} answered "
        "407 Proxy Authentication Required\n"
        "    hint: name a user and a password for it where it is set: "
        f"{proxy.endpoint.replace('http://', 'http://<user>:<password>@')}\n",
    )


@pytest.mark.parametrize(("kind", "scheme"), KINDS)
def test_a_proxy_that_is_down_is_named(
    consumer: Consumer, servers: Servers, monkeypatch: pytest.MonkeyPatch, kind: str, scheme: str
) -> None:
    url = servers.keep_models_at(consumer.scene, kind, f"{scheme}://{HOST}")
    address = unused_address()
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", address.replace("http://", "http://ada:secret@"))

    ran = consumer.pull()

    # Both objects are asked for at once.
    assert (ran.code, ran.out) == (3, "")
    assert ran.err in [
        f"modelyard: remote 'storage' ({url}/{place_of(consumer.scene, f'fraud-1.0.0/{name}')}) cannot be used: "
        f"the proxy {address} cannot be reached: connection refused, 6 times in a row\n"
        f"    hint: {LATER}\n"
        for name in FILES
    ]


@pytest.mark.parametrize("kind", ["web", "bucket"])
def test_a_proxy_that_does_not_reach_the_server_is_named(
    consumer: Consumer, servers: Servers, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    url = servers.keep_models_at(consumer.scene, kind, f"https://{HOST}")
    with forward_proxy({}) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.endpoint)

        ran = consumer.pull()

    assert ran.err in [
        f"modelyard: remote 'storage' ({url}/{place_of(consumer.scene, f'fraud-1.0.0/{name}')}) cannot be used: "
        f"the proxy {proxy.endpoint} answered 502 Bad Gateway, 6 times in a row\n"
        f"    hint: {LATER}\n"
        for name in FILES
    ]


@pytest.mark.parametrize("exempt", ["127.0.0.1", "*", "example.org,127.0.0.1:{port}"])
@pytest.mark.parametrize("kind", ["web", "bucket"])
def test_a_server_that_needs_no_proxy_is_asked_directly(
    consumer: Consumer, servers: Servers, monkeypatch: pytest.MonkeyPatch, kind: str, exempt: str
) -> None:
    endpoint = servers.endpoints[kind, "http"]
    servers.keep_models_at(consumer.scene, kind, endpoint)
    monkeypatch.setenv("HTTP_PROXY", unused_address())
    monkeypatch.setenv("NO_PROXY", exempt.format(port=endpoint.rpartition(":")[2]))

    delivered(consumer)


@pytest.mark.parametrize("kind", ["web", "bucket"])
def test_a_proxy_of_another_kind_is_refused(
    consumer: Consumer, servers: Servers, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    servers.keep_models_at(consumer.scene, kind, f"https://{HOST}")
    monkeypatch.setenv("ALL_PROXY", "socks5://ada:secret@127.0.0.1:1080")

    assert consumer.pull() == Ran(
        2,
        "",
        "modelyard: ALL_PROXY names no proxy that speaks HTTP\n"
        f"    hint: ALL_PROXY=http://host:port, or NO_PROXY={HOST} where none is needed\n",
    )
