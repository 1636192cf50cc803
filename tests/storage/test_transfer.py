from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelyard.errors import DigestMismatch, NotFinished
from modelyard.storage.cache import Cache
from modelyard.storage.digests import digest_bytes
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.storage.layout import object_path
from modelyard.storage.placing import place_directory
from modelyard.storage.progress import Progress
from modelyard.storage.remotes import Outgoing, Request
from modelyard.storage.transfer import Fetched, Pushed, fetch, push
from modelyard.storage.wanted import Content, Wanted, WantedDirectory
from support.objects import SPOILERS, Counter, files_below, spoil, wanted_directory, wanted_file

MODEL = b"model" * 1000
FILES = {"config.json": b"{}", "weights/1.bin": b"one", "weights/2.bin": b"two", "weights/copy.bin": b"one"}


class Recorder(DirectoryRemote):
    """A real directory that also remembers what it was asked."""

    def __init__(self, name: str, root: Path) -> None:
        super().__init__(name, root)
        self.asked: list[str] = []
        self.pushed: list[str] = []

    @contextmanager
    def read(self, request: Request, start: int) -> Iterator[Iterator[bytes]]:
        self.asked.append(request.oid)
        with super().read(request, start) as pieces:
            yield pieces

    def push_many(self, objects: Sequence[Outgoing], *, progress: Progress) -> Mapping[str, int]:
        self.pushed += [item.oid for item in objects]
        return super().push_many(objects, progress=progress)


class Forgetful(DirectoryRemote):
    """A remote that takes everything and keeps half of it."""

    def push_many(self, objects: Sequence[Outgoing], *, progress: Progress) -> Mapping[str, int]:
        return dict(list(super().push_many(objects, progress=progress).items())[::2])


@dataclass(frozen=True)
class Scene:
    """A model and a directory, registered: in the cache of their author and in the remote."""

    author: Cache
    remote: Recorder
    consumer: Cache
    model: Wanted
    directory: WantedDirectory


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    (tmp_path / "model.bin").write_bytes(MODEL)
    for relpath, data in FILES.items():
        path = tmp_path / "directory" / relpath
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    author, remote = Cache(tmp_path / "author"), Recorder("store", tmp_path / "store")
    remote.root.mkdir()
    model = wanted_file(author.add_file(tmp_path / "model.bin"))
    directory = wanted_directory(author.add_directory(tmp_path / "directory"))
    push([model.oid, directory.oid], author, remote)
    return Scene(author, remote, Cache(tmp_path / "consumer"), model, directory)


def test_pushes_a_directorys_files_before_its_manifest(scene: Scene) -> None:
    assert scene.remote.pushed[-1] == scene.directory.oid
    assert len(scene.remote.pushed) == len(set(scene.remote.pushed)) == 5
    assert files_below(scene.remote.root) == files_below(scene.author.root)


def test_pushes_nothing_twice(scene: Scene) -> None:
    scene.remote.pushed.clear()

    assert push([scene.model.oid, scene.directory.oid], scene.author, scene.remote) == Pushed(0, 0, 5)
    assert scene.remote.pushed == []


def test_pushes_again_what_has_another_size_in_the_remote(scene: Scene) -> None:
    spoil(scene.remote.root, scene.model.oid, "truncated")
    progress = Counter()

    pushed = push([scene.model.oid], scene.author, scene.remote, progress=progress)

    assert pushed == Pushed(1, len(MODEL), 0)
    assert (scene.remote.root / object_path(scene.model.oid)).read_bytes() == MODEL
    assert (progress.bytes, progress.ended) == (len(MODEL), 1)


def test_never_pushes_a_corrupt_object(scene: Scene) -> None:
    (scene.remote.root / object_path(scene.model.oid)).unlink()
    found = digest_bytes(spoil(scene.author.root, scene.model.oid, "flipped"))

    with pytest.raises(DigestMismatch) as caught:
        push([scene.model.oid], scene.author, scene.remote)

    (quarantined,) = (scene.author.root / "quarantine").iterdir()
    assert caught.value.message == (
        f"object {scene.model.oid} in the cache is corrupt: expected md5 {scene.model.oid}, found {found.md5}; "
        f"it was moved to {quarantined}"
    )
    assert not (scene.remote.root / object_path(scene.model.oid)).exists()


def test_cannot_push_what_is_not_in_the_cache(scene: Scene) -> None:
    with pytest.raises(NotFinished) as caught:
        push(["0" * 32], scene.author, scene.remote)

    assert caught.value.message == f"object {'0' * 32} is not in the cache"


def test_says_what_did_not_arrive(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "half").mkdir()
    with pytest.raises(NotFinished) as caught:
        push([scene.directory.oid], scene.author, Forgetful("half", tmp_path / "half"))

    lost = digest_bytes(b"one")
    assert caught.value.message == (
        f"object {lost.md5} of 3 bytes did not arrive in remote 'half' ({tmp_path / 'half'}): it is not there"
    )
    assert caught.value.hint == "run the command again"
    assert not (tmp_path / "half" / object_path(scene.directory.oid)).exists()


def test_fetches_files_and_directories(scene: Scene, tmp_path: Path) -> None:
    progress = Counter()

    fetched = fetch([scene.model, scene.directory], scene.remote, scene.consumer, progress=progress)

    assert files_below(scene.consumer.root) == files_below(scene.author.root)
    assert (fetched.objects, fetched.healed) == (5, ())
    assert fetched.size == sum(path.stat().st_size for path in scene.consumer.root.rglob("*") if path.is_file())
    assert (progress.bytes, progress.ended) == (len(MODEL) + len(b"{}onetwo"), 1)
    place_directory(scene.directory, scene.consumer, tmp_path / "out")
    assert {relpath: (tmp_path / "out" / relpath).read_bytes() for relpath in files_below(tmp_path / "out")} == FILES


def test_asks_for_a_manifest_first_and_for_nothing_it_has(scene: Scene) -> None:
    fetch([scene.model, scene.directory], scene.remote, scene.consumer)
    assert scene.remote.asked[0] == scene.directory.oid
    assert (len(scene.remote.asked), len(set(scene.remote.asked))) == (5, 5)

    assert fetch([scene.model, scene.directory], scene.remote, scene.consumer) == Fetched()
    assert len(scene.remote.asked) == 5


@pytest.mark.parametrize("how", SPOILERS)
def test_heals_a_corrupt_object_of_the_cache(scene: Scene, how: str) -> None:
    fetch([scene.model], scene.remote, scene.consumer)
    bad = spoil(scene.consumer.root, scene.model.oid, how)

    (corruption,) = fetch([scene.model], scene.remote, scene.consumer).healed

    assert (corruption.oid, corruption.where) == (scene.model.oid, "the cache")
    assert corruption.quarantine.read_bytes() == bad
    assert scene.consumer.path(scene.model.oid).read_bytes() == MODEL


@pytest.mark.parametrize("how", SPOILERS)
def test_refuses_an_object_that_is_corrupt_in_the_remote(scene: Scene, how: str) -> None:
    bad = spoil(scene.remote.root, scene.model.oid, how)
    found = digest_bytes(bad)

    with pytest.raises(DigestMismatch) as caught:
        fetch([scene.model], scene.remote, scene.consumer)

    assert scene.remote.asked == [scene.model.oid, scene.model.oid], "it must be fetched once more, and only once"
    actual = f"{found.size} bytes with sha256 {found.sha256}" if how != "longer" else f"more than {len(MODEL)} bytes"
    told = f"expected {len(MODEL)} bytes with sha256 {scene.model.sha256}, found {actual}"
    (quarantined,) = (scene.consumer.root / "quarantine").iterdir()
    where = f"remote 'store' ({scene.remote.root / object_path(scene.model.oid)})"
    assert caught.value.message == (
        f"object {scene.model.oid} in {where} is corrupt: {told}; it was moved to {quarantined}"
    )
    assert quarantined.read_bytes() == bad
    assert not scene.consumer.holds(scene.model.oid)


def test_never_reads_much_more_than_is_wanted(scene: Scene) -> None:
    path = scene.remote.root / object_path(scene.model.oid)
    path.chmod(0o644)
    with path.open("ab") as stream:
        stream.truncate(10 * 2**30)

    with pytest.raises(DigestMismatch, match=f"found more than {len(MODEL)} bytes"):
        fetch([scene.model], scene.remote, scene.consumer)

    sizes = [item.stat().st_size for item in (scene.consumer.root / "quarantine").iterdir()]
    assert sizes == [len(MODEL) + 1]


def test_the_same_bytes_take_one_place_in_quarantine_and_others_another(scene: Scene) -> None:
    bad = []
    for how in ("flipped", "flipped", "truncated"):
        (scene.remote.root / object_path(scene.model.oid)).chmod(0o644)
        (scene.remote.root / object_path(scene.model.oid)).write_bytes(MODEL)
        bad.append(spoil(scene.remote.root, scene.model.oid, how))
        with pytest.raises(DigestMismatch):
            fetch([scene.model], scene.remote, scene.consumer)

    quarantined = {path.name: path.read_bytes() for path in (scene.consumer.root / "quarantine").iterdir()}
    assert quarantined == {f"{scene.model.oid}-{digest_bytes(data).sha256[:16]}": data for data in bad}
    assert len(quarantined) == 2


class Flaky(DirectoryRemote):
    """A remote that gives the first reader of each object other bytes."""

    def __init__(self, name: str, root: Path) -> None:
        super().__init__(name, root)
        self.spoilt: set[str] = set()

    @contextmanager
    def read(self, request: Request, start: int) -> Iterator[Iterator[bytes]]:
        is_spoilt = request.oid not in self.spoilt
        self.spoilt.add(request.oid)
        with super().read(request, start + is_spoilt) as pieces:
            yield pieces


def test_heals_what_was_corrupt_only_on_its_way(scene: Scene) -> None:
    remote = Flaky("store", scene.remote.root)

    fetched = fetch([scene.model, scene.directory], remote, scene.consumer)

    assert {corruption.where for corruption in fetched.healed} == {remote.place(oid) for oid in remote.spoilt}
    assert len(fetched.healed) == 5
    assert scene.consumer.path(scene.model.oid).read_bytes() == MODEL


def test_the_right_md5_is_not_enough(scene: Scene) -> None:
    other = Wanted(scene.model.oid, "0" * 64, scene.model.size)

    with pytest.raises(DigestMismatch, match=f"expected 5000 bytes with sha256 {'0' * 64}, found 5000 bytes with"):
        fetch([other], scene.remote, scene.consumer)

    assert not scene.consumer.holds(scene.model.oid)


def test_the_right_sha256_is_not_enough(scene: Scene) -> None:
    oid = "0" * 32
    path = scene.remote.root / object_path(oid)
    path.parent.mkdir()
    path.write_bytes(MODEL)

    with pytest.raises(DigestMismatch, match=f"expected md5 {oid}, found {scene.model.oid}"):
        fetch([Wanted(oid, scene.model.sha256, scene.model.size)], scene.remote, scene.consumer)


def test_names_an_object_that_is_missing_and_keeps_the_others(scene: Scene) -> None:
    (scene.remote.root / object_path(scene.model.oid)).unlink()

    with pytest.raises(NotFinished) as caught:
        fetch([scene.model, scene.directory], scene.remote, scene.consumer)

    assert caught.value.message == f"object {scene.model.oid} is not in {scene.remote.describe()}"
    assert caught.value.hint == "run `modelyard push` where the model was registered"
    assert scene.consumer.holds(digest_bytes(b"two").md5)


def test_counts_the_objects_that_are_missing(scene: Scene) -> None:
    missing = [Wanted(character * 32, "0" * 64, 1) for character in "123"]

    with pytest.raises(NotFinished) as caught:
        fetch(missing, scene.remote, scene.consumer)

    assert caught.value.message == f"object {'1' * 32} (and 2 more) is not in {scene.remote.describe()}"


def test_refuses_a_manifest_that_lists_other_files_before_any_is_fetched(scene: Scene) -> None:
    wanted = WantedDirectory(scene.directory.oid, {"config.json": Content(digest_bytes(b"{}").sha256, 2)})

    with pytest.raises(DigestMismatch, match=f"manifest {scene.directory.oid} lists other files"):
        fetch([wanted], scene.remote, scene.consumer)

    assert files_below(scene.consumer.root) == {object_path(scene.directory.oid)}


def test_refuses_a_corrupt_manifest(scene: Scene) -> None:
    found = digest_bytes(spoil(scene.remote.root, scene.directory.oid, "truncated"))

    with pytest.raises(DigestMismatch) as caught:
        fetch([scene.directory], scene.remote, scene.consumer)

    told = f"expected md5 {scene.directory.oid.removesuffix('.dir')}, found {found.md5}"
    where = scene.remote.place(scene.directory.oid)
    assert caught.value.message.startswith(f"object {scene.directory.oid} in {where} is corrupt: {told}; ")


def test_refuses_two_contents_of_one_object(scene: Scene) -> None:
    with pytest.raises(DigestMismatch) as caught:
        fetch([scene.model, Wanted(scene.model.oid, "0" * 64, 1)], scene.remote, scene.consumer)

    assert caught.value.message == f"object {scene.model.oid} is said to have two contents"
    assert scene.remote.asked == []


def test_says_that_the_disk_is_too_small_before_anything_is_fetched(scene: Scene) -> None:
    huge = Wanted(scene.model.oid, scene.model.sha256, 2**62)

    with pytest.raises(NotFinished, match=f"the copy of remote 'store' .* in the cache needs {2**62} bytes"):
        fetch([huge], scene.remote, scene.consumer)

    assert scene.remote.asked == []


def test_wanted_objects_are_told_apart() -> None:
    oid = "0" * 32
    with pytest.raises(ValueError, match=f"'{oid}.dir' is not the object id of a file"):
        Wanted(f"{oid}.dir", "0" * 64, 1)
    with pytest.raises(ValueError, match=f"'{oid}' is not the object id of a directory"):
        WantedDirectory(oid, {})
