"""Kills, races and full disks. Each test proves that it struck, and none sleeps."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelyard.errors import NotFinished
from modelyard.storage.cache import Cache
from modelyard.storage.digests import CHUNK
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.storage.layout import object_path
from modelyard.storage.placing import place_directory, place_file
from modelyard.storage.transfer import fetch, push
from modelyard.storage.wanted import Wanted, WantedDirectory
from support.objects import files_below, wanted_directory, wanted_file
from support.strikes import kill_after_first_write, run_together

# Several chunks, so that a process is in the middle of the file after the first write.
MODEL = os.urandom(3 * CHUNK)
RACERS = 8


@dataclass(frozen=True)
class Scene:
    """A model in a remote, and a consumer who has nothing yet."""

    remote: DirectoryRemote
    consumer: Cache
    model: Wanted
    directory: WantedDirectory


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    (tmp_path / "model.bin").write_bytes(MODEL)
    (tmp_path / "directory").mkdir()
    for name in ("1.bin", "2.bin"):
        (tmp_path / "directory" / name).write_bytes(MODEL[: CHUNK + 1] + name.encode())
    author = Cache(tmp_path / "author")
    model = wanted_file(author.add_file(tmp_path / "model.bin"))
    directory = wanted_directory(author.add_directory(tmp_path / "directory"))
    remote = DirectoryRemote("store", tmp_path / "store")
    remote.root.mkdir()
    push([model.oid, directory.oid], author, remote)
    return Scene(remote, Cache(tmp_path / "consumer"), model, directory)


def test_a_killed_fetch_leaves_no_object_and_the_next_one_succeeds(scene: Scene) -> None:
    assert 0 < kill_after_first_write(fetch, [scene.model], scene.remote, scene.consumer) < len(MODEL)

    assert not scene.consumer.holds(scene.model.oid)
    assert files_below(scene.consumer.root) == {f"incoming/{scene.model.oid}.part"}

    fetch([scene.model], scene.remote, scene.consumer)

    assert scene.consumer.path(scene.model.oid).read_bytes() == MODEL


def test_a_killed_push_leaves_no_object_and_the_next_one_succeeds(scene: Scene) -> None:
    fetch([scene.model], scene.remote, scene.consumer)
    stored = scene.remote.root / object_path(scene.model.oid)
    stored.unlink()

    assert kill_after_first_write(push, [scene.model.oid], scene.consumer, scene.remote) > 0

    assert not stored.exists()

    push([scene.model.oid], scene.consumer, scene.remote)

    assert stored.read_bytes() == MODEL


def test_a_kill_while_a_file_is_placed_leaves_the_old_one(scene: Scene) -> None:
    fetch([scene.model], scene.remote, scene.consumer)
    target = scene.consumer.root.parent / "out"
    target.write_bytes(b"old")

    kill_after_first_write(place_file, scene.model, scene.consumer, target)

    assert target.read_bytes() == b"old"


def test_a_kill_while_a_directory_is_placed_leaves_the_old_one(scene: Scene) -> None:
    fetch([scene.directory], scene.remote, scene.consumer)
    target = scene.consumer.root.parent / "out"
    target.mkdir()
    (target / "1.bin").write_bytes(b"old")

    kill_after_first_write(place_directory, scene.directory, scene.consumer, target)

    assert files_below(target) == {"1.bin"}
    assert (target / "1.bin").read_bytes() == b"old"

    place_directory(scene.directory, scene.consumer, target)

    assert files_below(target) == {"1.bin", "2.bin"}


def test_processes_that_fetch_the_same_objects_at_once_all_get_them(scene: Scene) -> None:
    codes = run_together(RACERS, fetch, [scene.model, scene.directory], scene.remote, scene.consumer)

    assert codes == [0] * RACERS
    assert files_below(scene.consumer.root) == files_below(scene.remote.root)
    assert scene.consumer.path(scene.model.oid).read_bytes() == MODEL


def test_processes_that_place_the_same_file_at_once_leave_one(scene: Scene, tmp_path: Path) -> None:
    fetch([scene.model], scene.remote, scene.consumer)

    codes = run_together(RACERS, place_file, scene.model, scene.consumer, tmp_path / "out" / "model.bin")

    assert codes == [0] * RACERS
    assert files_below(tmp_path / "out") == {"model.bin"}
    assert (tmp_path / "out" / "model.bin").read_bytes() == MODEL


def test_a_file_that_may_not_grow_leaves_nothing(scene: Scene) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal that comes with it, so the write itself fails.
    resource.setrlimit(resource.RLIMIT_FSIZE, (CHUNK, limits[1]))
    try:
        with pytest.raises(NotFinished) as caught:
            fetch([scene.model], scene.remote, scene.consumer)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert caught.value.message == f"cannot write to the cache {scene.consumer.root}: File too large"
    assert files_below(scene.consumer.root) == set()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that holds the model once, where this process may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount: list[str | Path] = ["mount", "-t", "tmpfs", "-o", f"size={4 * CHUNK}", "tmpfs", place]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


class Filling:
    """Progress during which something else fills the disk."""

    def __init__(self, disk: Path) -> None:
        self._ballast = disk / "ballast"

    def advance(self, count: int) -> None:
        self._ballast.write_bytes(bytes(2 * CHUNK))

    def done(self) -> None:
        raise AssertionError("the disk did not fill up")


def test_a_disk_that_is_too_small_is_named_before_the_first_write(scene: Scene, small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(2 * CHUNK))
    cache = Cache(small_disk / "cache")

    with pytest.raises(
        NotFinished, match=rf"needs {len(MODEL)} bytes, [0-9]+ are free on the disk that holds {cache.root}"
    ):
        fetch([scene.model], scene.remote, cache)

    assert files_below(small_disk) == {"ballast"}


def test_a_disk_that_fills_up_during_a_fetch_keeps_nothing_of_it(scene: Scene, small_disk: Path) -> None:
    cache = Cache(small_disk / "cache")

    with pytest.raises(NotFinished) as caught:
        fetch([scene.model], scene.remote, cache, progress=Filling(small_disk))

    assert caught.value.message == f"cannot write to the cache {cache.root}: No space left on device"
    assert files_below(small_disk) == {"ballast"}


def test_a_disk_that_fills_up_during_a_push_keeps_nothing_of_it(scene: Scene, small_disk: Path) -> None:
    fetch([scene.model], scene.remote, scene.consumer)
    remote = DirectoryRemote("small", small_disk / "store")
    remote.root.mkdir()

    with pytest.raises(NotFinished) as caught:
        push([scene.model.oid], scene.consumer, remote, progress=Filling(small_disk))

    assert caught.value.message == f"cannot write to {remote.root}: No space left on device"
    assert files_below(small_disk) == {"ballast"}
