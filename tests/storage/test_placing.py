from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from modelyard.errors import DigestMismatch, NotFinished, UsageError
from modelyard.storage.cache import Cache
from modelyard.storage.digests import digest_bytes
from modelyard.storage.placing import place_directory, place_file, stands
from modelyard.storage.wanted import Content, Wanted, WantedDirectory
from modelyard.storage.writing import part_name
from support.objects import SPOILERS, Counter, files_below, spoil, wanted_directory, wanted_file

FILES = {"config.json": b"{}", "weights/1.bin": b"one", "weights/2.bin": b"two"}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def model(cache: Cache, tmp_path: Path) -> Wanted:
    (tmp_path / "source.bin").write_bytes(b"model")
    return wanted_file(cache.add_file(tmp_path / "source.bin"))


@pytest.fixture
def directory(cache: Cache, tmp_path: Path) -> WantedDirectory:
    for relpath, data in FILES.items():
        path = tmp_path / "source" / relpath
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return wanted_directory(cache.add_directory(tmp_path / "source"))


def test_a_placed_file_is_a_copy_of_its_own(cache: Cache, model: Wanted, tmp_path: Path) -> None:
    progress = Counter()
    target = tmp_path / "out" / "model.bin"

    place_file(model, cache, target, progress=progress)

    assert target.read_bytes() == b"model"
    assert target.stat().st_mode & 0o777 == 0o644
    assert target.stat().st_ino != cache.path(model.oid).stat().st_ino
    assert files_below(target.parent) == {"model.bin"}
    assert progress.bytes == 5


@pytest.mark.parametrize("how", SPOILERS)
def test_a_corrupt_object_is_never_placed(cache: Cache, model: Wanted, tmp_path: Path, how: str) -> None:
    target = tmp_path / "out" / "model.bin"
    target.parent.mkdir()
    target.write_bytes(b"old")
    spoil(cache.root, model.oid, how)

    with pytest.raises(DigestMismatch, match=f"object {model.oid} in the cache is corrupt"):
        place_file(model, cache, target)

    assert target.read_bytes() == b"old"
    assert files_below(target.parent) == {"model.bin"}
    assert not cache.holds(model.oid)


def test_the_right_md5_is_not_enough(cache: Cache, model: Wanted, tmp_path: Path) -> None:
    other = Wanted(model.oid, "0" * 64, model.size)

    with pytest.raises(DigestMismatch) as caught:
        place_file(other, cache, tmp_path / "model.bin")

    (quarantined,) = (cache.root / "quarantine").iterdir()
    assert caught.value.message == (
        f"object {model.oid} in the cache is corrupt: expected 5 bytes with sha256 {'0' * 64}, "
        f"found 5 bytes with sha256 {model.sha256}; it was moved to {quarantined}"
    )


def test_an_object_that_is_not_there(cache: Cache, tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught:
        place_file(Wanted("0" * 32, "0" * 64, 1), cache, tmp_path / "out" / "model.bin")

    assert caught.value.message == f"object {'0' * 32} is not in the cache"


def test_a_symbolic_link_at_the_target_is_replaced_and_not_followed(
    cache: Cache, model: Wanted, tmp_path: Path
) -> None:
    (tmp_path / "victim").write_bytes(b"victim")
    (tmp_path / "model.bin").symlink_to("victim")

    place_file(model, cache, tmp_path / "model.bin")

    assert (tmp_path / "victim").read_bytes() == b"victim"
    assert not (tmp_path / "model.bin").is_symlink()


def test_a_symbolic_link_above_the_target_is_not_followed(cache: Cache, model: Wanted, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sub").symlink_to(tmp_path / "elsewhere")
    target = tmp_path / "out" / "sub" / "model.bin"

    with pytest.raises(NotFinished) as caught:
        place_file(model, cache, target, beneath=tmp_path / "out")

    assert caught.value.message == f"cannot write {target}: Not a directory"
    assert files_below(tmp_path / "elsewhere") == set()


def test_a_target_that_leads_out_is_refused(cache: Cache, model: Wanted, tmp_path: Path) -> None:
    target = tmp_path / "out" / ".." / "model.bin"

    with pytest.raises(NotFinished) as caught:
        place_file(model, cache, target, beneath=tmp_path / "out")

    assert caught.value.message == f"cannot write {target}: '..' is not the name of a directory"
    assert not (tmp_path / "model.bin").exists()


def test_a_placed_directory_holds_its_files(cache: Cache, directory: WantedDirectory, tmp_path: Path) -> None:
    target = tmp_path / "out" / "model"

    place_directory(directory, cache, target)

    assert {relpath: (target / relpath).read_bytes() for relpath in files_below(target)} == FILES
    assert [path.name for path in target.parent.iterdir()] == ["model"]


def test_a_directory_of_the_same_files_is_replaced(cache: Cache, directory: WantedDirectory, tmp_path: Path) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "config.json").write_bytes(b"changed")

    place_directory(directory, cache, target)

    assert {relpath: (target / relpath).read_bytes() for relpath in files_below(target)} == FILES


def test_a_directory_with_a_foreign_file_is_left_alone(
    cache: Cache, directory: WantedDirectory, tmp_path: Path
) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "notes.txt").write_bytes(b"mine")

    with pytest.raises(UsageError) as caught:
        place_directory(directory, cache, target)

    assert caught.value.message == f"{target} holds 'notes.txt', which is no part of what belongs there"
    assert caught.value.hint == f"move {target} away, or name another directory"
    assert files_below(target) == {"notes.txt"}


def test_a_file_where_a_directory_belongs_is_left_alone(
    cache: Cache, directory: WantedDirectory, tmp_path: Path
) -> None:
    (tmp_path / "model").write_bytes(b"mine")

    with pytest.raises(UsageError) as caught:
        place_directory(directory, cache, tmp_path / "model")

    assert caught.value.message == f"{tmp_path / 'model'} is a file, and a directory belongs there"


def test_a_symbolic_link_where_a_directory_belongs_is_replaced(
    cache: Cache, directory: WantedDirectory, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "model").symlink_to("elsewhere")

    place_directory(directory, cache, tmp_path / "model")

    assert files_below(tmp_path / "elsewhere") == set()
    assert files_below(tmp_path / "model") == set(FILES)


def test_one_corrupt_file_leaves_the_old_directory(cache: Cache, directory: WantedDirectory, tmp_path: Path) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "config.json").write_bytes(b"old")
    spoil(cache.root, digest_bytes(b"two").md5, "flipped")

    with pytest.raises(DigestMismatch, match="in the cache is corrupt"):
        place_directory(directory, cache, target)

    assert files_below(target) == {"config.json"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "model", "source"]


@pytest.mark.parametrize(
    ("files", "difference"),
    [
        ({"config.json": b"{}", "weights/1.bin": b"one"}, "'weights/2.bin' not in the registry"),
        ({**FILES, "more": b""}, "'more' in the registry alone"),
        ({**FILES, "a": b"", "b": b"", "c": b"", "d": b""}, "'a', 'b', 'c' and 1 more in the registry alone"),
    ],
)
def test_a_manifest_with_other_files_than_the_registrys_is_refused(
    cache: Cache, directory: WantedDirectory, tmp_path: Path, files: dict[str, bytes], difference: str
) -> None:
    contents = {relpath: Content(digest_bytes(data).sha256, len(data)) for relpath, data in files.items()}

    with pytest.raises(DigestMismatch) as caught:
        place_directory(WantedDirectory(directory.oid, contents), cache, tmp_path / "model")

    assert caught.value.message == f"manifest {directory.oid} lists other files: {difference}"
    assert (
        caught.value.hint == "the pointer and the metadata of this version disagree: do not use it, and tell its owner"
    )
    assert not (tmp_path / "model").exists()


def test_a_hostile_manifest_is_refused(cache: Cache, tmp_path: Path) -> None:
    oid = cache.add_manifest(b'[{"md5": "c4ca4238a0b923820dcc509a6f75849b", "relpath": "../../x"}]')

    with pytest.raises(DigestMismatch) as caught:
        place_directory(WantedDirectory(oid, {}), cache, tmp_path / "model")

    assert caught.value.message == (f"manifest {oid} is refused: path '../../x' leads out of its directory by '..'")


def test_an_unfinished_directory_of_a_dead_process_is_swept(
    cache: Cache, directory: WantedDirectory, tmp_path: Path
) -> None:
    # No process has this number: it is above the largest that Linux gives.
    stale = tmp_path / part_name().replace(str(os.getpid()), str(2**22 + 1))
    stale.mkdir()
    (stale / "half").write_bytes(b"")
    os.utime(stale, (0, 0))

    place_directory(directory, cache, tmp_path / "model")

    assert not stale.exists()


def test_a_link_is_the_file_of_the_cache_and_read_only(cache: Cache, model: Wanted, tmp_path: Path) -> None:

    place_file(model, cache, tmp_path / "out" / "model.bin", link=True)
    place_file(model, cache, tmp_path / "out" / "model.bin", link=True)

    placed = tmp_path / "out" / "model.bin"
    assert placed.samefile(cache.path(model.oid))
    assert placed.stat().st_mode & 0o777 == 0o444
    assert files_below(tmp_path / "out") == {"model.bin"}


def test_a_link_is_never_made_of_other_bytes(cache: Cache, model: Wanted, tmp_path: Path) -> None:
    spoil(cache.root, model.oid, "flipped")

    with pytest.raises(DigestMismatch):
        place_file(model, cache, tmp_path / "out" / "model.bin", link=True)

    assert files_below(tmp_path / "out") == set()


def test_what_was_read_and_has_changed_since_is_read_again(cache: Cache, model: Wanted, tmp_path: Path) -> None:
    assert cache.verify(model) is None
    before = cache.path(model.oid).stat()
    spoil(cache.root, model.oid, "flipped")
    os.utime(cache.path(model.oid), ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(DigestMismatch):
        place_file(model, cache, tmp_path / "out" / "model.bin")

    assert files_below(tmp_path / "out") == set()


def test_what_was_read_is_not_read_again(
    cache: Cache, model: Wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache.verify(model) is None
    monkeypatch.setattr("modelyard.storage.placing.digest_object", None)
    monkeypatch.setattr("modelyard.storage.new_file.digesting", None)

    place_file(model, cache, tmp_path / "out" / "model.bin")

    assert (tmp_path / "out" / "model.bin").read_bytes() == b"model"


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EINVAL, errno.ENOSYS])
def test_copies_itself_what_the_kernel_does_not(
    cache: Cache, model: Wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(code, "no")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    assert cache.verify(model) is None

    place_file(model, cache, tmp_path / "out" / "model.bin")

    assert (tmp_path / "out" / "model.bin").read_bytes() == b"model"


@pytest.mark.parametrize(
    ("data", "expected"), [(b"model", True), (b"other", False), (b"longer than that", False), (None, False)]
)
def test_tells_what_stands_in_its_place(
    cache: Cache, model: Wanted, tmp_path: Path, data: bytes | None, expected: bool
) -> None:
    (tmp_path / "out").mkdir()
    if data:
        (tmp_path / "out" / "it").write_bytes(data)

    assert stands(model, tmp_path / "out" / "it", beneath=tmp_path) is expected


def test_what_is_reached_through_a_link_does_not_stand(cache: Cache, model: Wanted, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "it").write_bytes(b"model")
    (tmp_path / "real" / "link").symlink_to("it")
    (tmp_path / "way").symlink_to("real")

    assert stands(model, tmp_path / "real" / "it", beneath=tmp_path)
    assert not stands(model, tmp_path / "real" / "link", beneath=tmp_path)
    assert not stands(model, tmp_path / "way" / "it", beneath=tmp_path)
