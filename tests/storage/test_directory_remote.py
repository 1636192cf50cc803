from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest

from modelyard.errors import NotFinished
from modelyard.storage.cache import Cache
from modelyard.storage.digests import CHUNK, digest_bytes
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.storage.layout import object_path
from modelyard.storage.progress import SILENT
from modelyard.storage.remotes import Outgoing, Request
from modelyard.storage.transfer import fetch
from modelyard.storage.wanted import Wanted
from support.objects import Counter, files_below, wanted_file

OID = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
OTHER = "0" * 32


@pytest.fixture
def remote(tmp_path: Path) -> DirectoryRemote:
    (tmp_path / "store").mkdir()
    return DirectoryRemote("store", tmp_path / "store")


def test_stores_an_object_read_only_where_dvc_looks_for_it(remote: DirectoryRemote, tmp_path: Path) -> None:
    (tmp_path / "object").write_bytes(b"bytes")

    assert remote.push_many([Outgoing(OID, tmp_path / "object")], progress=SILENT) == {OID: 5}

    assert files_below(remote.root) == {object_path(OID)}
    assert (remote.root / object_path(OID)).stat().st_mode & 0o777 == 0o444
    assert remote.sizes([OID, OTHER]) == {OID: 5}


def test_yields_what_it_has_and_says_what_it_has_not(remote: DirectoryRemote, tmp_path: Path) -> None:
    (tmp_path / "object").write_bytes(b"bytes")
    remote.push_many([Outgoing(OID, tmp_path / "object")], progress=SILENT)

    arrived = {
        arrival.oid: arrival.stream.read() if arrival.stream else None
        for arrival in remote.fetch_many([Request(OID, 5), Request(OTHER, 5)])
    }

    assert arrived == {OID: b"bytes", OTHER: None}


def test_a_fetch_goes_on_where_an_earlier_one_ended(remote: DirectoryRemote, tmp_path: Path) -> None:
    model = os.urandom(3 * CHUNK)
    wanted = wanted_file(digest_bytes(model))
    (tmp_path / "object").write_bytes(model)
    remote.push_many([Outgoing(wanted.oid, tmp_path / "object")], progress=SILENT)
    cache = Cache(tmp_path / "cache")
    left = cache.root / "incoming" / f"{wanted.oid}.part"
    left.parent.mkdir(parents=True)
    left.write_bytes(model[: CHUNK + 1])
    progress = Counter()

    fetch([wanted], remote, cache, progress=progress)

    assert progress.bytes == len(model) - (CHUNK + 1)
    assert cache.path(wanted.oid).read_bytes() == model
    assert files_below(cache.root) == {object_path(wanted.oid)}


class Gathering(DirectoryRemote):
    """A directory that answers when so many have asked."""

    def __init__(self, root: Path, count: int) -> None:
        super().__init__("store", root)
        self.barrier = Barrier(count, timeout=60)

    @contextmanager
    def read(self, request: Request, start: int) -> Iterator[Iterator[bytes]]:
        self.barrier.wait()
        with super().read(request, start) as pieces:
            yield pieces


def test_many_objects_are_read_at_once(remote: DirectoryRemote, tmp_path: Path) -> None:
    wanted = [wanted_file(digest_bytes(b"%d" % number)) for number in range(12)]
    for number, item in enumerate(wanted):
        (tmp_path / "object").write_bytes(b"%d" % number)
        remote.push_many([Outgoing(item.oid, tmp_path / "object")], progress=SILENT)
    cache = Cache(tmp_path / "cache")

    fetch(wanted, Gathering(remote.root, 4), cache, jobs=4)

    assert files_below(cache.root) == {object_path(item.oid) for item in wanted}


def test_an_object_that_is_a_symbolic_link_is_not_followed(remote: DirectoryRemote, tmp_path: Path) -> None:
    path = remote.root / object_path(OID)
    path.parent.mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"secret")
    path.symlink_to(tmp_path / "secret")

    with pytest.raises(NotFinished) as caught:
        list(remote.fetch_many([Request(OID, 5)]))
    with pytest.raises(NotFinished) as fetching:
        fetch([Wanted(OID, "0" * 64, 5)], remote, Cache(tmp_path / "cache"))

    assert fetching.value.message == caught.value.message
    assert caught.value.message == f"cannot read {path}: Too many levels of symbolic links"


def test_a_directory_that_is_not_there_cannot_be_fetched_from(remote: DirectoryRemote, tmp_path: Path) -> None:
    remote.root.rmdir()
    with pytest.raises(NotFinished) as caught:
        list(remote.fetch_many([Request(OID, 5)]))
    with pytest.raises(NotFinished) as fetching:
        fetch([Wanted(OID, "0" * 64, 5)], remote, Cache(tmp_path / "cache"))

    assert fetching.value.message == caught.value.message
    assert caught.value.message == f"remote 'store' cannot be reached: there is no directory {remote.root}"
    assert caught.value.hint == (
        "mount or make it, or look at `dvc remote list` and `dvc remote modify store url <url>`"
    )


def test_a_directory_that_is_not_there_is_not_made(remote: DirectoryRemote, tmp_path: Path) -> None:
    remote.root.rmdir()
    (tmp_path / "object").write_bytes(b"bytes")

    with pytest.raises(NotFinished) as pushing:
        remote.push_many([Outgoing(OID, tmp_path / "object")], progress=SILENT)
    with pytest.raises(NotFinished) as asking:
        remote.sizes([OID])

    message = f"remote 'store' cannot be reached: there is no directory {remote.root}"
    assert [pushing.value.message, asking.value.message] == [message, message]
    assert not remote.root.exists()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    remote = DirectoryRemote("store", tmp_path / "store")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "files").write_bytes(b"in the way")
    (tmp_path / "object").write_bytes(b"bytes")

    with pytest.raises(NotFinished) as caught:
        remote.push_many([Outgoing(OID, tmp_path / "object")], progress=SILENT)

    assert caught.value.message == f"cannot write to {remote.root}: Not a directory"


def test_describes_itself(remote: DirectoryRemote) -> None:
    assert remote.describe() == f"remote 'store' ({remote.root})"
