"""One large object over several connections: what arrives is what was asked for, whatever a server makes of ranges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modelyard.errors import DigestMismatch
from modelyard.storage.digests import digest_bytes
from support.large_objects import ALL, MODEL, RANGE, Scene, make_ranges_small, serve_large
from support.web import Handler, cut, without_ranges


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    make_ranges_small(monkeypatch)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with serve_large(tmp_path) as served:
        served.web.has_tags = False
        yield served


def test_a_large_object_comes_in_ranges_each_asked_for_once(scene: Scene) -> None:
    scene.web.has_tags = True
    scene.fetch()

    assert scene.has_arrived()
    starts = range(0, len(MODEL), RANGE)
    wanted = {f"bytes={start}-{min(start + RANGE, len(MODEL)) - 1}" for start in starts}
    assert sorted(map(str, scene.ranges)) == sorted(wanted)
    # All but the first name the object that the first one was of.
    assert set(scene.web.conditions[1:]) == {f'"{digest_bytes(MODEL).md5}"'}


def test_one_connection_asks_for_all_at_once(scene: Scene) -> None:
    scene.fetch(jobs=1)

    assert scene.has_arrived()
    assert scene.ranges == [None]


def test_a_small_object_is_not_taken_apart(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelyard.storage.receiving.LARGE", len(MODEL) + 1)
    scene.fetch()

    assert scene.ranges == [None]


def test_what_has_arrived_is_not_fetched_again(scene: Scene) -> None:
    # The second range ends early, and then no other one comes.
    scene.web.faults += [Handler.serve, cut(RANGE + 100), *[hang_up] * 60]
    with pytest.raises(Exception, match="cannot be used"):
        scene.fetch()
    scene.web.requests.clear()
    scene.web.faults.clear()

    scene.fetch()

    assert scene.has_arrived()
    assert ALL[0] not in scene.ranges
    assert None not in scene.ranges


def test_a_server_without_ranges_is_read_to_its_end(scene: Scene) -> None:
    scene.web.faults += [without_ranges]
    scene.fetch()

    assert scene.has_arrived()
    assert scene.ranges == [ALL[0]]


def test_one_that_sends_everything_from_the_second_on_is_asked_for_the_rest(scene: Scene) -> None:
    scene.web.faults += [Handler.serve, *[without_ranges] * 4]
    scene.fetch()

    assert scene.has_arrived()


def test_an_object_that_is_replaced_meanwhile_is_never_put_together_of_two(scene: Scene) -> None:
    scene.web.has_tags = True
    scene.file.write_bytes(bytes(len(MODEL)))

    def replace_afterwards(handler: Handler) -> None:
        handler.serve()
        scene.file.write_bytes(MODEL)

    scene.web.faults += [replace_afterwards]
    scene.fetch()

    assert scene.has_arrived()


@pytest.mark.parametrize("lie", ["other bytes", "too few", "too many"])
def test_a_server_that_lies_about_ranges_is_asked_for_the_whole(scene: Scene, lie: str) -> None:
    def lying(handler: Handler) -> None:
        wanted = handler.headers["Range"]
        if wanted is None:
            handler.serve()
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start, stop = int(first), int(last or len(MODEL) - 1) + 1
        body = {
            "other bytes": MODEL[: stop - start],
            "too few": MODEL[start : stop - 1],
            "too many": MODEL[start : stop + 1],
        }[lie]
        handler.reply(206, body, Content_Range=f"bytes {start}-{stop - 1}/{len(MODEL)}")

    scene.web.faults += [lying] * 200
    scene.fetch()

    assert scene.has_arrived()


def test_bytes_that_are_wrong_in_whatever_way_they_come_are_put_nowhere(scene: Scene) -> None:
    scene.file.write_bytes(MODEL[:-1] + bytes([MODEL[-1] ^ 1]))

    with pytest.raises(DigestMismatch, match="is corrupt"):
        scene.fetch()

    assert not scene.cache.holds(scene.model.oid)


def hang_up(handler: Handler) -> None:
    handler.close_connection = True
