"""Signatures of commits, made by Git and ``ssh-keygen`` themselves."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from modelyard.git.objects import ObjectReader
from modelyard.git.signatures import signer, split_signature
from support.keys import new_key
from support.repositories import new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from support.repositories import Repository


def raw(repository: Repository) -> bytes:
    with ObjectReader(repository.location) as reader:
        return reader.raw_commit(repository.head)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_signer_is_whose_key_made_the_signature(tmp_path: Path, algorithm: str) -> None:
    repository = new_repository(tmp_path / "repository", f"--object-format={algorithm}")
    ada, grace = new_key(tmp_path / "ada"), new_key(tmp_path / "grace")
    grace.sign(repository, "signed\n\ngpgsig is a word of the message, too")
    commit = raw(repository)
    keys = {"ada": [ada.public], "grace, * and all": [ada.public, grace.public]}
    assert signer(commit, {"ada": [ada.public]}, algorithm=algorithm) is None
    assert signer(commit, keys, algorithm=algorithm) == "grace, * and all"
    assert signer(commit.replace(b"too", b"two"), keys, algorithm=algorithm) is None


def test_what_is_signed_is_the_commit_without_its_signature(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "repository")
    new_key(tmp_path / "ada").sign(repository, "signed")
    parts = split_signature(raw(repository))
    assert parts is not None
    payload, signature = parts
    assert payload.endswith(b"\n\nsigned\n")
    assert b"gpgsig" not in payload
    assert signature.startswith(b"-----BEGIN SSH SIGNATURE-----\n")
    assert signature.endswith(b"-----END SSH SIGNATURE-----\n")


def test_a_commit_without_a_signature_is_nobodys(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "repository")
    repository.commit({"a": b""})
    assert split_signature(raw(repository)) is None
    assert signer(raw(repository), {"ada": [new_key(tmp_path / "ada").public]}) is None


def test_a_signature_for_another_purpose_does_not_count(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "repository")
    ada = new_key(tmp_path / "ada")
    repository.commit({"a": b""})
    commit = raw(repository)
    sealed = tmp_path / "payload"
    sealed.write_bytes(commit)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", ada.path, sealed], check=True)
    signature = (tmp_path / "payload.sig").read_bytes().rstrip(b"\n").replace(b"\n", b"\n ")
    forged = commit.replace(b"\n\n", b"\ngpgsig " + signature + b"\n\n", 1)
    assert split_signature(forged) is not None
    assert signer(forged, {"ada": [ada.public]}) is None
