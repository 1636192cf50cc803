"""Objects that arrive at once, are cut, killed, and taken up again."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from modelyard.errors import DigestMismatch, NotFinished
from modelyard.storage import patience
from modelyard.storage.cache import Cache
from modelyard.storage.digests import CHUNK, digest_bytes
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.storage.layout import object_path
from modelyard.storage.partial import partial_file
from modelyard.storage.remotes import Absent, Interrupted, Request
from modelyard.storage.transfer import fetch
from modelyard.storage.wanted import Wanted
from support.objects import files_below, wanted_file
from support.strikes import kill_after_first_write, run_together
from support.web import fetch_from_web, serve_web

MODEL = os.urandom(6 * CHUNK)
RACERS = 8


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST", 0.001)


@dataclass
class Memory(DirectoryRemote):
    """Objects in memory that can be read from anywhere; it notes where each reading began."""

    objects: dict[str, bytes]
    starts: list[tuple[str, int]] = field(default_factory=list)
    failures: dict[str, list[Exception]] = field(default_factory=dict)
    name: str = "memory"

    def describe(self) -> str:
        return "remote 'memory'"

    def place(self, oid: str) -> str:
        return f"remote 'memory' ({oid})"

    @contextmanager
    def read(self, request: Request, start: int) -> Iterator[Iterator[bytes]]:
        self.starts.append((request.oid, start))
        if request.oid not in self.objects:
            raise Absent
        yield self._pieces(request.oid, start)

    def _pieces(self, oid: str, start: int) -> Iterator[bytes]:
        data = self.objects[oid]
        failures = self.failures.get(oid)
        if failures:
            yield data[start : start + CHUNK]
            raise failures.pop(0)
        for offset in range(start, len(data), CHUNK):
            yield data[offset : offset + CHUNK]


def wanted(data: bytes) -> Wanted:
    return wanted_file(digest_bytes(data))


def memory_of(*contents: bytes) -> Memory:
    return Memory({digest_bytes(data).md5: data for data in contents})


def part_of(cache: Cache, oid: str, data: bytes) -> Path:
    part = cache.root / "incoming" / f"{oid}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(data)
    return part


def test_takes_up_what_an_earlier_transfer_left(tmp_path: Path) -> None:
    cache, remote, model = Cache(tmp_path), memory_of(MODEL), wanted(MODEL)
    part_of(cache, model.oid, MODEL[:1000])

    fetch([model], remote, cache)

    assert remote.starts == [(model.oid, 1000)]
    assert cache.path(model.oid).read_bytes() == MODEL
    assert files_below(tmp_path) == {object_path(model.oid)}


def test_asks_for_nothing_when_all_of_it_is_here(tmp_path: Path) -> None:
    cache, remote, model = Cache(tmp_path), memory_of(MODEL), wanted(MODEL)
    part_of(cache, model.oid, MODEL)

    fetch([model], remote, cache)

    assert remote.starts == []
    assert cache.path(model.oid).read_bytes() == MODEL


@pytest.mark.parametrize("left", [b"x" * 1000, MODEL + b"x"], ids=["other bytes", "too many"])
def test_never_believes_what_was_left(tmp_path: Path, left: bytes) -> None:
    cache, remote, model = Cache(tmp_path), memory_of(MODEL), wanted(MODEL)
    part_of(cache, model.oid, left)

    healed = fetch([model], remote, cache).healed

    assert remote.starts[-1] == (model.oid, 0)
    assert cache.path(model.oid).read_bytes() == MODEL
    wheres = [f"{remote.place(model.oid)}, of which 1000 bytes were here already,"]
    assert [each.where for each in healed] == ([] if len(left) > len(MODEL) else wheres)


def test_keeps_what_came_when_the_remote_fails_too_often(tmp_path: Path) -> None:
    cache, remote, model = Cache(tmp_path), memory_of(MODEL), wanted(MODEL)
    remote.failures[model.oid] = [NotFinished("no more")]

    with pytest.raises(NotFinished, match="no more"):
        fetch([model], remote, cache)

    assert files_below(tmp_path) == {f"incoming/{model.oid}.part"}
    fetch([model], remote, cache)
    assert remote.starts == [(model.oid, 0), (model.oid, CHUNK)]
    assert cache.path(model.oid).read_bytes() == MODEL


def test_one_failure_ends_all_and_is_the_one_that_is_told(tmp_path: Path) -> None:
    contents = [os.urandom(2 * CHUNK) for _ in range(6)]
    remote = memory_of(*contents)
    broken = wanted(contents[3])
    remote.failures[broken.oid] = [NotFinished("the third is broken")]

    with pytest.raises(NotFinished, match="the third is broken"):
        fetch([wanted(data) for data in contents], remote, Cache(tmp_path), jobs=2)


def test_says_what_is_missing_and_brings_the_rest(tmp_path: Path) -> None:
    cache, remote = Cache(tmp_path), memory_of(b"one", b"two")

    with pytest.raises(NotFinished, match=f"object {'0' * 32} is not in remote 'memory'"):
        fetch([wanted(b"one"), Wanted("0" * 32, "0" * 64, 1), wanted(b"two")], remote, cache)

    assert files_below(tmp_path) == {object_path(wanted(data).oid) for data in (b"one", b"two")}


def test_an_endless_object_is_read_one_byte_too_far(tmp_path: Path) -> None:
    remote, model = memory_of(MODEL), wanted(MODEL)
    remote.objects[model.oid] = MODEL + b"x" * CHUNK

    with pytest.raises(DigestMismatch, match=f"found more than {len(MODEL)} bytes"):
        fetch([model], remote, Cache(tmp_path))

    assert [path.stat().st_size for path in (tmp_path / "quarantine").iterdir()] == [len(MODEL) + 1]


def test_empty_files_arrive_too(tmp_path: Path) -> None:
    fetch([wanted(b"")], memory_of(b""), Cache(tmp_path))

    assert Cache(tmp_path).path(wanted(b"").oid).read_bytes() == b""


def test_several_at_once(tmp_path: Path) -> None:
    # Each waits until the others are there as well: with fewer threads than that, none would arrive.
    meeting = threading.Barrier(4, timeout=60)
    contents = [os.urandom(10) for _ in range(4)]

    class Meeting(Memory):
        def _pieces(self, oid: str, start: int) -> Iterator[bytes]:
            meeting.wait()
            yield self.objects[oid]

    fetch([wanted(data) for data in contents], Meeting(memory_of(*contents).objects), Cache(tmp_path), jobs=4)

    assert len(files_below(tmp_path)) == 4


def test_a_trickle_is_cut_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelyard.storage.patience._WINDOW", -1)
    monkeypatch.setattr("modelyard.storage.patience._SLOWEST", 10**12)
    remote, model = memory_of(MODEL), wanted(MODEL)

    with pytest.raises(NotFinished) as caught:
        fetch([model], remote, Cache(tmp_path))

    assert caught.value.message.startswith(f"{remote.place(model.oid)} cannot be used: it sent {CHUNK} bytes")


def test_a_killed_transfer_is_taken_up(tmp_path: Path) -> None:
    model, cache = wanted(MODEL), Cache(tmp_path / "cache")
    with serve_web(tmp_path / "web") as web:
        path = web.root / object_path(model.oid)
        path.parent.mkdir(parents=True)
        path.write_bytes(MODEL)

        written = kill_after_first_write(fetch_from_web, web.url, [model], cache)

        assert files_below(cache.root) == {f"incoming/{model.oid}.part"}
        fetch_from_web(web.url, [model], cache)
        assert web.requests[-1][2] == f"bytes={written}-"
    assert cache.path(model.oid).read_bytes() == MODEL


def test_processes_that_want_the_same_fetch_it_once(tmp_path: Path) -> None:
    model, cache = wanted(MODEL), Cache(tmp_path / "cache")
    with serve_web(tmp_path / "web") as web:
        path = web.root / object_path(model.oid)
        path.parent.mkdir(parents=True)
        path.write_bytes(MODEL)

        codes = run_together(RACERS, fetch_from_web, web.url, [model], cache)

        assert codes == [0] * RACERS
        assert len(web.requests) == 1
    assert files_below(cache.root) == {object_path(model.oid)}


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_a_file_that_another_process_holds_without_progress_is_not_shared(tmp_path: Path, directory: int) -> None:
    with (tmp_path / "it.part").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write(b"half")
        held.flush()

        with partial_file(directory, "it.part", pause=lambda _: None, patience=-1) as file:
            assert file.size == 0
            assert len(list(tmp_path.iterdir())) == 2

    assert [path.name for path in tmp_path.iterdir()] == ["it.part"]


def test_waits_for_another_process_and_sees_that_the_file_has_its_name_by_then(tmp_path: Path, directory: int) -> None:
    held = (tmp_path / "it.part").open("wb")
    fcntl.flock(held, fcntl.LOCK_EX)

    def publish(_seconds: float) -> None:
        (tmp_path / "it.part").rename(tmp_path / "it")
        held.close()

    with partial_file(directory, "it.part", pause=publish) as file:
        file.write(b"new")

    assert (tmp_path / "it").read_bytes() == b""
    assert (tmp_path / "it.part").read_bytes() == b"new"


def test_nothing_is_left_when_the_disk_refuses(tmp_path: Path, directory: int) -> None:
    def fill() -> None:
        with partial_file(directory, "it.part") as file:
            file.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left on device"):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_follows_no_symbolic_link(tmp_path: Path, directory: int) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / "it.part").symlink_to("victim")

    with pytest.raises(OSError, match="Too many levels of symbolic links"), partial_file(directory, "it.part"):
        pass

    assert (tmp_path / "victim").read_bytes() == b"mine"


def test_an_interrupted_transfer_tells_how_often_it_failed(tmp_path: Path) -> None:
    remote, model = memory_of(b"model"), wanted(b"model")
    remote.objects[model.oid] = b""
    remote.failures[model.oid] = [Interrupted("the connection was cut") for _ in range(6)]

    with pytest.raises(NotFinished) as caught:
        fetch([model], remote, Cache(tmp_path))

    assert caught.value.message == f"{remote.place(model.oid)} cannot be used: the connection was cut, 6 times in a row"
    assert files_below(tmp_path) == set()
