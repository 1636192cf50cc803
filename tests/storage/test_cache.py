from __future__ import annotations

import os
from pathlib import Path

import pytest

from modelyard.errors import DigestMismatch, NotFinished, UsageError
from modelyard.storage.cache import Cache
from modelyard.storage.digests import digest_bytes
from modelyard.storage.layout import object_path
from modelyard.storage.wanted import Named
from support.dvc import new_dvc_repository
from support.objects import SPOILERS, Counter, files_below, spoil, wanted_file


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def test_an_added_file_is_a_read_only_object(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"model")
    progress = Counter()

    digests = cache.add_file(tmp_path / "model.bin", progress=progress)

    assert digests == digest_bytes(b"model")
    assert files_below(cache.root) == {object_path(digests.md5)}
    assert cache.path(digests.md5).stat().st_mode & 0o777 == 0o444
    assert cache.holds(digests.md5)
    assert progress.bytes == 5


def test_adding_again_heals_a_corrupt_object(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"model")
    digests = cache.add_file(tmp_path / "model.bin")
    spoil(cache.root, digests.md5, "flipped")

    cache.add_file(tmp_path / "model.bin")

    assert cache.path(digests.md5).read_bytes() == b"model"


def test_an_added_directory_is_what_dvc_would_make_of_it(cache: Cache, tmp_path: Path) -> None:
    repository = new_dvc_repository(tmp_path / "repository")
    directory = repository.path / "model"
    for relpath in ("1", "2", "sub/1", "sub/ünï.bin", "sub-/x", "Z"):
        (directory / relpath).parent.mkdir(parents=True, exist_ok=True)
        (directory / relpath).write_bytes(relpath.encode())
    (directory / "empty").mkdir()
    repository.dvc("add", "--quiet", "model")

    digests = cache.add_directory(directory)

    pointer = (repository.path / "model.dvc").read_text(encoding="utf-8")
    assert f"md5: {digests.oid}\n  size: {digests.size}\n  nfiles: {digests.nfiles}\n" in pointer
    assert files_below(cache.root) == files_below(repository.cache)
    assert cache.read_manifest(digests.oid) == (repository.cache / object_path(digests.oid)).read_bytes()
    assert digests.files["sub/1"] == digest_bytes(b"sub/1")


@pytest.mark.parametrize("kind", ["missing", "link", "directory", "pipe"])
def test_only_a_regular_file_is_added(cache: Cache, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model.bin"
    reason = "it is not a regular file"
    if kind == "missing":
        reason = "No such file or directory"
    elif kind == "link":
        (tmp_path / "real").write_bytes(b"model")
        path.symlink_to("real")
        reason = "Too many levels of symbolic links"
    elif kind == "directory":
        path.mkdir()
    else:
        os.mkfifo(path)

    with pytest.raises(UsageError) as caught:
        cache.add_file(path)

    assert caught.value.message == f"{path} cannot be read as a regular file: {reason}"
    assert caught.value.hint == "name a file that is no symbolic link and that you may read"
    assert not cache.root.exists()


def test_a_directory_with_a_symbolic_link_is_refused(cache: Cache, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    (directory / "sub").mkdir(parents=True)
    (directory / "elsewhere").symlink_to(tmp_path)

    with pytest.raises(UsageError) as caught:
        cache.add_directory(directory)

    assert caught.value.message == (
        f"{directory / 'elsewhere'} cannot be read as a regular file: Too many levels of symbolic links"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (".git/config", "path '.git/config' leads into Git's own directory"),
        ("a\nb", "path 'a\\nb' holds a control or invisible character"),
    ],
)
def test_a_directory_with_a_name_that_no_manifest_may_hold_is_refused(
    cache: Cache, tmp_path: Path, name: str, message: str
) -> None:
    path = tmp_path / "model" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")

    with pytest.raises(UsageError) as caught:
        cache.add_directory(tmp_path / "model")

    assert caught.value.message == f"{message}, in {tmp_path / 'model'}"


def test_a_directory_that_is_none_is_refused(cache: Cache, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        cache.add_directory(tmp_path / "missing")

    assert caught.value.message == f"{tmp_path / 'missing'} is not a directory"


@pytest.mark.parametrize("how", SPOILERS)
def test_verify_moves_a_corrupt_object_to_quarantine_and_names_it(cache: Cache, tmp_path: Path, how: str) -> None:
    (tmp_path / "model.bin").write_bytes(b"model")
    wanted = wanted_file(cache.add_file(tmp_path / "model.bin"))
    found = digest_bytes(spoil(cache.root, wanted.oid, how))

    corruption = cache.verify(wanted)

    assert corruption is not None
    expected = f"expected 5 bytes with sha256 {wanted.sha256}"
    actual = "more than 5 bytes" if how == "longer" else f"{found.size} bytes with sha256 {found.sha256}"
    assert str(corruption) == (
        f"object {wanted.oid} in the cache is corrupt: {expected}, found {actual}; "
        f"it was moved to {corruption.quarantine}"
    )
    assert not cache.holds(wanted.oid)
    assert files_below(cache.root) == {corruption.quarantine.relative_to(cache.root).as_posix()}


def test_verify_accepts_what_is_wanted(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"model")
    wanted = wanted_file(cache.add_file(tmp_path / "model.bin"))

    assert cache.verify(wanted) is None
    assert cache.verify(Named(wanted.oid)) is None


def test_verify_of_what_is_not_there(cache: Cache) -> None:
    oid = "0" * 32
    with pytest.raises(NotFinished) as caught:
        cache.verify(Named(oid))

    assert caught.value.message == f"cannot read {cache.path(oid)}: No such file or directory"


def test_a_corrupt_manifest_is_not_read(cache: Cache) -> None:
    oid = cache.add_manifest(b"[]")
    spoil(cache.root, oid, "longer")

    with pytest.raises(DigestMismatch) as caught:
        cache.read_manifest(oid)

    (quarantined,) = (cache.root / "quarantine").iterdir()
    assert caught.value.message == (
        f"object {oid} in the cache is corrupt: expected md5 {oid[:32]}, found {digest_bytes(b'[]x').md5}; "
        f"it was moved to {quarantined}"
    )
    assert (
        caught.value.hint == "delete the object where it is corrupt, and run `modelyard push` where its bytes are good"
    )


def test_a_manifest_that_is_not_there(cache: Cache) -> None:
    with pytest.raises(NotFinished) as caught:
        cache.read_manifest("0" * 32 + ".dir")

    assert caught.value.message == f"object {'0' * 32}.dir is not in the cache"
    assert caught.value.hint == "run `dvc fetch` where its pointer lies, or `modelyard pull`"


def test_what_is_received_and_neither_kept_nor_quarantined_is_gone(cache: Cache) -> None:
    with cache.receiving() as received:
        received.file.write(b"half")

    assert files_below(cache.root) == set()


def test_a_cache_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = Cache(tmp_path / "file" / "cache")
    (tmp_path / "model.bin").write_bytes(b"model")

    with pytest.raises(NotFinished) as caught:
        cache.add_file(tmp_path / "model.bin")

    assert caught.value.message == f"cannot write to the cache {cache.root}: Not a directory"
