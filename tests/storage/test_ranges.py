"""One large object over several connections: what arrives is what was asked for, whatever a server makes of ranges."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelyard.errors import DigestMismatch
from modelyard.storage import patience, ranges
from modelyard.storage.cache import Cache
from modelyard.storage.digests import digest_bytes
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.http_remote import HttpRemote
from modelyard.storage.layout import object_path
from modelyard.storage.transfer import fetch
from modelyard.storage.wanted import Wanted
from support.objects import wanted_file
from support.web import Handler, Web, cut, serve_web, without_ranges

SIZE = 5 << 10
MODEL = os.urandom(5 * SIZE - 17)
FIRST = f"bytes=0-{SIZE - 1}"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST", 0.001)
    monkeypatch.setattr(ranges, "_RANGE", SIZE)
    monkeypatch.setattr("modelyard.storage.receiving.LARGE", 2 * SIZE)


@dataclass(frozen=True)
class Scene:
    """A model on a web server, and a consumer who has nothing yet."""

    web: Web
    cache: Cache
    model: Wanted

    @property
    def file(self) -> Path:
        return self.web.root / object_path(self.model.oid)

    @property
    def asked(self) -> list[str | None]:
        return [header for _, _, header in self.web.requests]

    def fetch(self, jobs: int = 8) -> None:
        fetch([self.model], HttpRemote(RemoteSettings("web", self.web.url)), self.cache, jobs=jobs)

    def holds_the_model(self) -> bool:
        return self.cache.path(self.model.oid).read_bytes() == MODEL


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with serve_web(tmp_path / "web") as web:
        found = Scene(web, Cache(tmp_path / "cache"), wanted_file(digest_bytes(MODEL)))
        found.file.parent.mkdir(parents=True)
        found.file.write_bytes(MODEL)
        yield found


def test_a_large_object_comes_in_ranges_each_asked_for_once(scene: Scene) -> None:
    scene.web.has_tags = True
    scene.fetch()

    assert scene.holds_the_model()
    starts = range(0, len(MODEL), SIZE)
    wanted = {f"bytes={start}-{min(start + SIZE, len(MODEL)) - 1}" for start in starts}
    assert sorted(map(str, scene.asked)) == sorted(wanted)
    # All but the first name the object that the first one was of.
    assert set(scene.web.conditions[1:]) == {f'"{digest_bytes(MODEL).md5}"'}


def test_one_connection_asks_for_all_at_once(scene: Scene) -> None:
    scene.fetch(jobs=1)

    assert scene.holds_the_model()
    assert scene.asked == [None]


def test_a_small_object_is_not_taken_apart(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelyard.storage.receiving.LARGE", len(MODEL) + 1)
    scene.fetch()

    assert scene.asked == [None]


def test_what_has_arrived_is_not_fetched_again(scene: Scene) -> None:
    # The second range ends early, and then no other one comes.
    scene.web.faults += [Handler.serve, cut(SIZE + 100), *[hang_up] * 60]
    with pytest.raises(Exception, match="cannot be used"):
        scene.fetch()
    scene.web.requests.clear()
    scene.web.faults.clear()

    scene.fetch()

    assert scene.holds_the_model()
    assert FIRST not in scene.asked
    assert None not in scene.asked


def test_a_server_without_ranges_is_read_to_its_end(scene: Scene) -> None:
    scene.web.faults += [without_ranges]
    scene.fetch()

    assert scene.holds_the_model()
    assert scene.asked == [FIRST]


def test_one_that_sends_everything_from_the_second_on_is_asked_for_the_rest(scene: Scene) -> None:
    scene.web.faults += [Handler.serve, *[without_ranges] * 4]
    scene.fetch()

    assert scene.holds_the_model()


def test_an_object_that_is_replaced_meanwhile_is_never_put_together_of_two(scene: Scene) -> None:
    scene.web.has_tags = True
    scene.file.write_bytes(bytes(len(MODEL)))

    def replace_afterwards(handler: Handler) -> None:
        handler.serve()
        scene.file.write_bytes(MODEL)

    scene.web.faults += [replace_afterwards]
    scene.fetch()

    assert scene.holds_the_model()


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

    assert scene.holds_the_model()


def test_bytes_that_are_wrong_in_whatever_way_they_come_are_put_nowhere(scene: Scene) -> None:
    scene.file.write_bytes(MODEL[:-1] + bytes([MODEL[-1] ^ 1]))

    with pytest.raises(DigestMismatch, match="is corrupt"):
        scene.fetch()

    assert not scene.cache.holds(scene.model.oid)


def hang_up(handler: Handler) -> None:
    handler.close_connection = True
