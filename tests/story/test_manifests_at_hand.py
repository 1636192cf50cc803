"""Manifests of directories in DVC's cache, as a stranger may have left them there, held to case 27."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modelyard.api.manifests import LARGEST, read_manifest
from modelyard.rules.found import FoundManifest
from modelyard.storage.digests import digest_bytes
from modelyard.storage.manifests import manifest_oid

if TYPE_CHECKING:
    from pathlib import Path

MD5 = "a2d5d04c767f0300f5a849af0517910c"


def found(data: bytes, tmp_path: Path, *, oid: str | None = None) -> FoundManifest:
    path = tmp_path / "manifest"
    path.write_bytes(data)
    with path.open("rb") as stream:
        return read_manifest(oid or manifest_oid(data), stream)


def listing(*relpaths: str) -> bytes:
    return json.dumps([{"md5": MD5, "relpath": relpath} for relpath in relpaths]).encode()


@pytest.mark.parametrize(
    ("relpaths", "fault"),
    [
        (["../x"], "path '../x' leads out of its directory by '..'"),
        (["/etc/x"], "path '/etc/x' is absolute"),
        ([".git/config"], "path '.git/config' leads into Git's own directory"),
        (["a", "a"], "path 'a' stands twice"),
        (["A", "a"], "'A' and 'a' are one path where letter case is ignored"),
        (["a", "a/b"], "'a' is a file and the directory of 'a/b'"),
    ],
)
def test_case_27_a_manifest_that_leads_out_or_clashes_is_refused(
    relpaths: list[str], fault: str, tmp_path: Path
) -> None:
    assert found(listing(*relpaths), tmp_path) == FoundManifest(fault=fault)


def test_an_honest_manifest_is_listed(tmp_path: Path) -> None:
    assert found(listing("a.bin", "b/c.bin"), tmp_path) == FoundManifest({"a.bin": MD5, "b/c.bin": MD5})


def test_a_manifest_under_the_name_of_another_is_refused(tmp_path: Path) -> None:
    data = listing("a.bin")
    fault = f"its bytes have the md5 {digest_bytes(data).md5}.dir"
    assert found(data, tmp_path, oid=f"{MD5}.dir") == FoundManifest(fault=fault)


@pytest.mark.parametrize("data", [b"[" * LARGEST, b"[" + b"1," * (LARGEST // 2 - 2) + b"1]", b"\xff", b"{}"])
def test_what_is_no_manifest_is_refused(data: bytes, tmp_path: Path) -> None:
    fault = found(data, tmp_path).fault
    assert fault in ("not JSON in UTF-8", "an entry is something else than md5 and relpath", "not a list of files")


def test_a_manifest_of_100_megabytes_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "manifest"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    with path.open("rb") as stream:
        told = read_manifest(f"{MD5}.dir", stream)
        assert stream.tell() <= LARGEST + 1
    assert told == FoundManifest(fault="it has more than 4,194,304 bytes")
