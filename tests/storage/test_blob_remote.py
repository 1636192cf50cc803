from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.storage.blob_remote import BlobRemote
from modelyard.storage.layout import object_path
from modelyard.storage.remotes import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

OID = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
OTHER = "0" * 32


class Files:
    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files
        self.gathered: list[str] = []

    def gather(self, paths: Sequence[str]) -> None:
        self.gathered += paths

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def size(self, path: str) -> int | None:
        data = self.read(path)
        return None if data is None else len(data)


def test_reads_objects_below_its_directory() -> None:
    files = Files({f"storage/{object_path(OID)}": b"bytes"})
    remote = BlobRemote("store", files, "storage/")

    arrivals = list(remote.fetch_many([Request(OID, 5), Request(OTHER, 5)]))

    assert [(arrival.oid, arrival.stream.read() if arrival.stream else None) for arrival in arrivals] == [
        (OID, b"bytes"),
        (OTHER, None),
    ]
    assert files.gathered == [f"storage/{object_path(oid)}" for oid in (OID, OTHER)]
    assert remote.sizes([OID, OTHER]) == {OID: 5}


def test_may_be_the_root_of_the_commit() -> None:
    remote = BlobRemote("store", Files({object_path(OID): b"bytes"}), "")

    assert remote.sizes([OID]) == {OID: 5}


def test_describes_itself() -> None:
    assert BlobRemote("store", Files({}), "storage").describe() == "remote 'store' (directory storage of the registry)"
