"""What we write, real DVC reads; and the other way round."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.documents.pointer import Pointer, render
from modelyard.storage.cache import Cache
from modelyard.storage.connect import connect
from modelyard.storage.digests import digest_bytes
from modelyard.storage.dvcconfig import read
from modelyard.storage.layout import object_path
from modelyard.storage.transfer import fetch, push
from modelyard.storage.wanted import Content, Wanted, WantedDirectory
from support.dvc import DvcRepository, new_dvc_repository
from support.objects import files_below

CONFIG = """\
[core]
    remote = store
['remote "store"']
    url = ../../store
    verify = true
"""
MODEL = b"model" * 1000
FILES = {"config.json": b"{}", "weights/1.bin": b"one", "weights/ünï.bin": b"two"}


def write_files(directory: Path) -> None:
    (directory / "model.bin").write_bytes(MODEL)
    for relpath, data in FILES.items():
        (directory / "tokenizer" / relpath).parent.mkdir(parents=True, exist_ok=True)
        (directory / "tokenizer" / relpath).write_bytes(data)


@pytest.fixture
def repository(tmp_path: Path) -> DvcRepository:
    return new_dvc_repository(tmp_path / "repository", config=CONFIG)


def test_dvc_pulls_what_we_pushed(repository: DvcRepository, tmp_path: Path) -> None:
    write_files(tmp_path)
    cache = Cache(tmp_path / "cache")
    model, tokenizer = cache.add_file(tmp_path / "model.bin"), cache.add_directory(tmp_path / "tokenizer")
    (tmp_path / "store").mkdir()
    remote = connect(read(repository.path / ".dvc").remote(), scratch=tmp_path)
    push([model.md5, tokenizer.oid], cache, remote)
    pointers = [
        Pointer("model.bin", model.md5, model.size),
        Pointer("tokenizer", tokenizer.oid, tokenizer.size, tokenizer.nfiles),
    ]
    for pointer in pointers:
        (repository.path / f"{pointer.path}.dvc").write_bytes(render(pointer))

    repository.dvc("pull", "--quiet")

    assert (repository.path / "model.bin").read_bytes() == MODEL
    tokens = repository.path / "tokenizer"
    assert {relpath: (tokens / relpath).read_bytes() for relpath in files_below(tokens)} == FILES
    assert repository.dvc("status", "--no-updates") == "Data and pipelines are up to date.\n"


def test_we_fetch_what_dvc_pushed_and_share_its_cache(repository: DvcRepository, tmp_path: Path) -> None:
    write_files(repository.path)
    repository.dvc("add", "--quiet", "model.bin", "tokenizer")
    repository.dvc("push", "--quiet")
    contents = {relpath: Content(digest_bytes(data).sha256, len(data)) for relpath, data in FILES.items()}
    digests = digest_bytes(MODEL)
    (manifest,) = (path for path in repository.cache.rglob("*.dir"))
    wanted: list[Wanted | WantedDirectory] = [
        Wanted(digests.md5, digests.sha256, digests.size),
        WantedDirectory(manifest.parent.name + manifest.name, contents),
    ]
    remote = connect(read(repository.path / ".dvc").remote(), scratch=tmp_path)
    cache = Cache(tmp_path / "cache")

    assert fetch(wanted, remote, cache).objects == 5
    assert files_below(cache.root) == files_below(repository.cache)
    assert fetch(wanted, remote, Cache(repository.cache)).objects == 0


def test_dvc_takes_our_cache_for_its_own(repository: DvcRepository) -> None:
    write_files(repository.path)
    cache = Cache(repository.cache)
    model = cache.add_file(repository.path / "model.bin")
    (repository.path / "model.bin.dvc").write_bytes(render(Pointer("model.bin", model.md5, model.size)))
    (repository.path / "model.bin").unlink()

    repository.dvc("checkout", "--quiet")
    repository.dvc("push", "--quiet")

    assert (repository.path / "model.bin").read_bytes() == MODEL
    assert files_below(repository.path.parent / "store") == {object_path(model.md5)}
