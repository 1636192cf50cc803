"""Ranges of a large object that are late, cut, refused, of something else, or ended by a kill."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Event

import pytest

from modelyard.errors import DigestMismatch, NotFinished
from modelyard.storage import ranges
from modelyard.storage.cache import Cache
from modelyard.storage.connect import connect
from modelyard.storage.digests import digest_bytes
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.layout import object_path
from modelyard.storage.remotes import Request
from modelyard.storage.transfer import fetch
from support.fault_proxy import fault_proxy
from support.faults import Cut
from support.large_objects import ALL, MODEL, RANGE, Scene, make_ranges_small, serve_large
from support.objects import files_below, wanted_file
from support.s3 import serve_s3
from support.strikes import kill_after_first_write
from support.web import Handler, answer, cut, fetch_from_web


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    make_ranges_small(monkeypatch)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with serve_large(tmp_path) as served:
        yield served


def test_ranges_that_arrive_in_another_order_are_put_in_theirs(scene: Scene) -> None:
    later = Event()

    def first_waits(handler: Handler) -> None:
        if handler.headers["Range"] == ALL[1]:
            assert later.wait(60)
        handler.serve()
        if handler.headers["Range"] == ALL[3]:
            later.set()

    scene.web.faults += [first_waits] * len(ALL)

    fetch([scene.model], scene.remote, scene.cache)

    assert later.is_set()
    assert scene.is_here()


def test_no_more_is_asked_for_than_there_are_connections(scene: Scene) -> None:
    pieces = ranges.in_ranges(scene.remote, Request(scene.model.oid, len(MODEL)), 0, width=3)

    assert MODEL.startswith(next(pieces))
    pieces.close()

    assert len(scene.ranges) <= 3


def test_what_is_left_by_a_kill_is_whole_from_its_beginning(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    data = os.urandom(5 * ranges.LARGE // 4)
    model = wanted_file(digest_bytes(data))
    path = scene.web.root / object_path(model.oid)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    cache = Cache(tmp_path / "killed")

    assert 0 < kill_after_first_write(fetch_from_web, scene.web.url, [model], cache) < len(data)

    left = (cache.root / "incoming" / f"{model.oid}.part").read_bytes()
    assert left
    assert data.startswith(left)
    assert str(scene.ranges[0]).startswith("bytes=0-")
    assert fetch([model], scene.remote, cache).healed == ()
    assert cache.path(model.oid).read_bytes() == data


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_has_no_time_for_many_is_asked_over_one_connection(scene: Scene, status: int) -> None:
    def only_one(handler: Handler) -> None:
        if handler.headers["Range"] in ALL[1:]:
            handler.reply(status)
        else:
            handler.serve()

    scene.web.faults += [only_one] * 100

    assert fetch([scene.model], scene.remote, scene.cache).healed == ()

    assert scene.ranges[-1] == f"bytes={RANGE}-"
    assert scene.is_here()


def test_a_range_that_is_cut_is_gone_on_from_where_it_was_cut(scene: Scene) -> None:
    def strike(handler: Handler) -> None:
        (cut(2 * RANGE + 100) if handler.headers["Range"] == ALL[2] else Handler.serve)(handler)

    scene.web.faults += [strike] * 100

    assert fetch([scene.model], scene.remote, scene.cache).healed == ()

    assert scene.ranges[-1] == f"bytes={2 * RANGE + 100}-"
    assert scene.is_here()


@pytest.mark.parametrize("told", [f"bytes 0-{RANGE - 1}/{len(MODEL)}", "nonsense", None])
def test_a_server_that_sends_another_range_than_asked_for_is_asked_over_one_connection(
    scene: Scene, told: str | None
) -> None:
    def lie(handler: Handler) -> None:
        if handler.headers["Range"] in ALL[1:]:
            handler.reply(206, MODEL[:RANGE], **({"Content_Range": told} if told else {}))
        else:
            handler.serve()

    scene.web.faults += [lie] * 100

    assert fetch([scene.model], scene.remote, scene.cache).healed == ()

    assert scene.ranges[-1] == f"bytes={RANGE}-"
    assert scene.is_here()


@pytest.mark.parametrize("size", [len(MODEL) - 1, len(MODEL) + 1, RANGE, 0])
def test_an_object_of_another_size_is_told(scene: Scene, size: int) -> None:
    bad = (MODEL + b"x")[:size]
    scene.file.write_bytes(bad)

    with pytest.raises(DigestMismatch):
        fetch([scene.model], scene.remote, scene.cache)

    (quarantined,) = (scene.cache.root / "quarantine").iterdir()
    assert quarantined.read_bytes() == bad
    assert not scene.cache.holds(scene.model.oid)


def test_objects_that_keep_all_connections_busy_are_read_over_one_each(scene: Scene) -> None:
    wanted = [scene.model]
    for number in range(7):
        data = MODEL + bytes([number])
        wanted.append(wanted_file(digest_bytes(data)))
        path = scene.web.root / object_path(wanted[-1].oid)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    all_asked = Barrier(5, timeout=60)

    def together(handler: Handler) -> None:
        all_asked.wait()
        handler.serve()

    scene.web.faults += [together] * 5

    fetch(wanted[:5], scene.remote, scene.cache, jobs=8)

    assert scene.ranges == [None] * 5
    assert fetch(wanted[5:], scene.remote, scene.cache, jobs=8).objects == 3
    assert None not in scene.ranges[5:]


def test_an_object_that_goes_away_meanwhile_is_asked_for_again(scene: Scene) -> None:
    def once_away(handler: Handler) -> None:
        if handler.headers["Range"] in ALL[1:]:
            handler.reply(404)
        else:
            handler.serve()

    scene.web.faults += [once_away] * 100

    fetch([scene.model], scene.remote, scene.cache)

    assert scene.is_here()


def test_a_bucket_is_read_in_ranges_and_gone_on_from_a_cut(tmp_path: Path) -> None:
    model, cache = wanted_file(digest_bytes(MODEL)), Cache(tmp_path / "cache")
    with serve_s3(tmp_path / "s3") as server, fault_proxy(server.endpoint) as proxy:
        path = server.bucket / "registry" / object_path(model.oid)
        path.parent.mkdir(parents=True)
        path.write_bytes(MODEL)
        options = {**server.options(), "endpointurl": proxy.endpoint}
        remote = connect(RemoteSettings("far", "s3://models/registry", options), scratch=tmp_path)

        fetch([model], remote, cache)
        whole = sorted(str(asked.range) for asked in proxy.asked)
        cache.path(model.oid).unlink()
        proxy.inject(Cut(0.5), times=1)
        fetch([model], remote, cache)

    assert whole == sorted(ALL)
    assert proxy.asked[-1].range == f"bytes={RANGE // 2}-"
    assert cache.path(model.oid).read_bytes() == MODEL
    assert files_below(cache.root) == {object_path(model.oid)}


def test_a_refusal_of_a_range_ends_the_transfer(scene: Scene) -> None:
    scene.web.faults += [Handler.serve, *[answer(403)] * 10]

    with pytest.raises(NotFinished) as caught:
        fetch([scene.model], scene.remote, scene.cache)

    assert caught.value.message == f"remote 'web' ({scene.web.url}) cannot be used: it answered 403 Forbidden"
    assert files_below(scene.cache.root) == {f"incoming/{scene.model.oid}.part"}
