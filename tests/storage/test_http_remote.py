from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelyard.errors import DigestMismatch, NotFinished, UsageError
from modelyard.storage import http_settings, patience
from modelyard.storage.cache import Cache
from modelyard.storage.digests import digest_bytes
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.http_remote import HttpRemote
from modelyard.storage.layout import object_path
from modelyard.storage.transfer import fetch, push
from modelyard.storage.wanted import Wanted
from support.objects import Counter, files_below, spoil, wanted_file
from support.web import Web, answer, cut, redirect, serve_web, without_ranges

MODEL = os.urandom(1_000_000)
OTHER = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST", 0.001)


@dataclass(frozen=True)
class Scene:
    """A model on a web server, and a consumer who has nothing yet."""

    web: Web
    remote: HttpRemote
    cache: Cache
    model: Wanted

    @property
    def ranges(self) -> list[str | None]:
        return [header for method, _, header in self.web.requests if method == "GET"]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with serve_web(tmp_path / "web") as web:
        model = wanted_file(digest_bytes(MODEL))
        path = web.root / object_path(model.oid)
        path.parent.mkdir(parents=True)
        path.write_bytes(MODEL)
        yield Scene(web, HttpRemote(RemoteSettings("web", web.url)), Cache(tmp_path / "cache"), model)


def test_fetches_by_one_request_and_counts_every_byte(scene: Scene) -> None:
    progress = Counter()

    fetched = fetch([scene.model], scene.remote, scene.cache, progress=progress)

    assert (fetched.objects, fetched.size, progress.bytes) == (1, len(MODEL), len(MODEL))
    assert files_below(scene.cache.root) == {object_path(scene.model.oid)}
    assert scene.cache.path(scene.model.oid).stat().st_mode & 0o777 == 0o444
    assert scene.web.requests == [("GET", f"/{object_path(scene.model.oid)}", None)]


def test_needs_no_more_connections_than_threads(scene: Scene) -> None:
    wanted = []
    for index in range(20):
        digests = digest_bytes(b"%d" % index)
        wanted.append(wanted_file(digests))
        path = scene.web.root / object_path(digests.md5)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"%d" % index)
    connections = set()
    inner = scene.remote._client._connect

    def connect() -> object:
        connection = inner()
        connections.add(connection)
        return connection

    scene.remote._client._connect = connect  # type: ignore[assignment, method-assign]
    fetch(wanted, scene.remote, scene.cache, jobs=2)

    assert len(scene.web.requests) == 20
    assert 1 <= len(connections) <= 2


def test_goes_on_where_the_connection_was_cut(scene: Scene) -> None:
    scene.web.faults += [cut(300_000), cut(700_000)]

    assert fetch([scene.model], scene.remote, scene.cache).healed == ()

    assert scene.ranges == [None, "bytes=300000-", "bytes=700000-"]
    assert scene.cache.path(scene.model.oid).read_bytes() == MODEL


@pytest.mark.parametrize("tenth", range(1, 10))
def test_is_whole_after_a_cut_at_every_tenth(scene: Scene, tenth: int) -> None:
    scene.web.faults.append(cut(len(MODEL) * tenth // 10))

    fetch([scene.model], scene.remote, scene.cache)

    assert scene.ranges == [None, f"bytes={len(MODEL) * tenth // 10}-"]
    assert scene.cache.path(scene.model.oid).read_bytes() == MODEL


def test_skips_what_it_has_where_a_server_knows_no_ranges(scene: Scene) -> None:
    scene.web.faults += [cut(300_000), without_ranges]

    assert fetch([scene.model], scene.remote, scene.cache).healed == ()

    assert scene.ranges == [None, "bytes=300000-"]
    assert scene.cache.path(scene.model.oid).read_bytes() == MODEL


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_asks_again_when_the_server_says_later(scene: Scene, status: int) -> None:
    scene.web.faults += [answer(status), answer(status)]

    fetch([scene.model], scene.remote, scene.cache)

    assert len(scene.web.requests) == 3
    assert scene.cache.path(scene.model.oid).read_bytes() == MODEL


def test_gives_up_when_the_server_wants_too_long_a_wait(scene: Scene) -> None:
    scene.web.faults.append(answer(503, Retry_After="3600"))

    with pytest.raises(NotFinished) as caught:
        fetch([scene.model], scene.remote, scene.cache)

    assert caught.value.message == (
        f"remote 'web' ({scene.web.url}/{object_path(scene.model.oid)}) cannot be used: "
        "it answered 503 Service Unavailable"
    )
    assert len(scene.web.requests) == 1


def test_a_page_is_only_bytes_that_do_not_verify(scene: Scene) -> None:
    page = b"<html>please sign in</html>"
    scene.web.faults += [answer(200, page, Content_Type="text/html")] * 2

    with pytest.raises(DigestMismatch) as caught:
        fetch([scene.model], scene.remote, scene.cache)

    (quarantined,) = (scene.cache.root / "quarantine").iterdir()
    found = digest_bytes(page).sha256
    assert caught.value.message == (
        f"object {scene.model.oid} in {scene.remote.place(scene.model.oid)} is corrupt: expected {len(MODEL)} bytes "
        f"with sha256 {scene.model.sha256}, found {len(page)} bytes with sha256 {found}; it was moved to {quarantined}"
    )
    assert quarantined.read_bytes() == page
    assert len(scene.web.requests) == 2


@pytest.mark.parametrize("how", ["flipped", "truncated", "longer", "empty"])
def test_what_is_corrupt_on_the_server_is_fetched_twice_and_refused(scene: Scene, how: str) -> None:
    bad = spoil(scene.web.root, scene.model.oid, how)

    with pytest.raises(DigestMismatch):
        fetch([scene.model], scene.remote, scene.cache)

    (quarantined,) = (scene.cache.root / "quarantine").iterdir()
    assert quarantined.read_bytes() == bad
    assert scene.ranges == [None, None]
    assert not scene.cache.holds(scene.model.oid)


def test_follows_a_redirection_on_the_same_server(scene: Scene) -> None:
    scene.web.faults.append(redirect(f"/{object_path(scene.model.oid)}?again"))

    fetch([scene.model], scene.remote, scene.cache)

    assert [path for _, path, _ in scene.web.requests] == [
        f"/{object_path(scene.model.oid)}",
        f"/{object_path(scene.model.oid)}?again",
    ]


def test_a_redirection_to_another_server_is_refused_and_learns_no_password(scene: Scene, tmp_path: Path) -> None:
    options = {"auth": "basic", "user": "ada", "password": "secret"}
    remote = HttpRemote(RemoteSettings("web", scene.web.url, options))
    with serve_web(tmp_path / "other") as other:
        scene.web.faults.append(redirect(f"{other.url}/x"))

        with pytest.raises(NotFinished) as caught:
            fetch([scene.model], remote, scene.cache)

        assert other.requests == []
    assert caught.value.message == (
        f"remote 'web' ({scene.web.url}) sends us to another server, {other.url}: not followed"
    )
    assert scene.web.secrets == ["Basic " + base64.b64encode(b"ada:secret").decode()]


def test_ends_in_circles(scene: Scene) -> None:
    scene.web.faults += [redirect("/x")] * 5

    with pytest.raises(NotFinished) as caught:
        fetch([scene.model], scene.remote, scene.cache)

    assert caught.value.message == f"remote 'web' ({scene.web.url}) sends us in circles"


def test_says_that_it_was_refused_without_showing_the_password(scene: Scene) -> None:
    url = scene.web.url.replace("http://", "http://ada:secret@")
    scene.web.faults.append(answer(403))

    with pytest.raises(NotFinished) as caught:
        fetch([scene.model], HttpRemote(RemoteSettings("web", url)), scene.cache)

    assert caught.value.message == f"remote 'web' ({scene.web.url}) cannot be used: it answered 403 Forbidden"
    assert scene.web.secrets == ["Basic " + base64.b64encode(b"ada:secret").decode()]


def test_names_what_is_missing(scene: Scene) -> None:
    (scene.web.root / object_path(scene.model.oid)).unlink()

    with pytest.raises(NotFinished) as caught:
        fetch([scene.model], scene.remote, scene.cache)

    assert caught.value.message == f"object {scene.model.oid} is not in remote 'web' ({scene.web.url})"
    assert files_below(scene.cache.root) == set()


def test_a_server_that_takes_no_connection(tmp_path: Path) -> None:
    remote = HttpRemote(RemoteSettings("web", OTHER))

    with pytest.raises(NotFinished) as caught:
        remote.sizes(["0" * 32])

    assert caught.value.message == f"{remote.describe()} cannot be used: connection refused, 6 times in a row"


def test_uploads_and_asks_for_sizes(scene: Scene, tmp_path: Path) -> None:
    remote = HttpRemote(RemoteSettings("web", f"{scene.web.url}/deep/er", {"method": "PUT"}))
    (tmp_path / "file").write_bytes(b"new")
    oid = scene.cache.add_file(tmp_path / "file").md5
    scene.web.faults.append(answer(503))

    assert push([oid], scene.cache, remote).objects == 1

    assert (scene.web.root / "deep" / "er" / object_path(oid)).read_bytes() == b"new"
    assert remote.sizes([oid, "0" * 32]) == {oid: 3}


def test_sends_a_header_of_its_own_where_that_is_asked_for() -> None:
    options = {"auth": "custom", "custom_auth_header": "X-Token", "password": "secret"}

    settings = http_settings.HttpSettings.of(RemoteSettings("web", "https://example.org/x", options))

    assert settings.headers == {"X-Token": "secret"}
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"auth": "basic", "user": "ada"}, "remote 'web' has auth and no password"),
        ({"read_timeout": "soon"}, "read_timeout of remote 'web' is no number of seconds: 'soon'"),
    ],
)
def test_refuses_options_that_make_no_sense(options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        HttpRemote(RemoteSettings("web", "https://example.org/x", options))

    assert caught.value.message == message
