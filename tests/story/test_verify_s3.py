"""Verification of a real S3 server, alone and by a real fleet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from modelyard.api.fleet import public
from modelyard.storage.dvcconfig import RemoteSettings
from support.fleet import serve_fleet
from support.on_s3 import moved_to_s3
from support.registry import Scene
from support.s3 import serve_s3

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def test_every_byte_in_a_bucket_is_read_and_no_credential_is_told(merged: Scene, tmp_path: Path) -> None:
    with serve_s3(tmp_path / "server") as server:
        moved_to_s3(merged, server)
        right = merged.run("verify", "--all", "--remote", "--deep")
        spoilt = next(path for path in sorted(server.bucket.rglob("*")) if path.is_file())
        data = spoilt.read_bytes()
        spoilt.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        shallow = merged.run("verify", "--all", "--remote")
        wrong = merged.run("verify", "--all", "--remote", "--deep")
    gone = merged.run("verify", "--all", "--remote", "--deep")

    assert (right.code, right.err) == (0, "")
    assert "verified remote 'storage' (s3://models/registry): 2 objects" in right.out
    assert shallow.code == 0
    assert wrong.code == 1
    oid = spoilt.parent.name + spoilt.name
    place = f"remote 'storage' (s3://models/registry/files/md5/{oid[:2]}/{oid[2:]})"
    assert f"object {oid} in {place} is corrupt: expected " in wrong.err
    assert gone.code == 3
    assert "  unreachable: " in gone.out
    assert " could not be read: " in gone.err
    assert "in a row" in gone.err
    told = "".join(ran.out + ran.err for ran in (right, shallow, wrong, gone))
    assert server.secret_access_key not in told
    assert server.access_key_id not in told


def test_a_fleet_finds_what_one_machine_finds_with_credentials_of_its_own(merged: Scene, tmp_path: Path) -> None:
    (tmp_path / "fleet").mkdir()
    with serve_s3(tmp_path / "server") as server:
        moved_to_s3(merged, server)
        next(path for path in sorted(server.bucket.rglob("*")) if path.is_file()).write_bytes(b"x")
        keys = {"AWS_ACCESS_KEY_ID": server.access_key_id, "AWS_SECRET_ACCESS_KEY": server.secret_access_key}
        alone = merged.run("verify", "--all", "--remote", "--deep", "-j", "1")
        with serve_fleet(tmp_path / "fleet", environment={**os.environ, **keys}) as address:
            together = merged.run("verify", "--all", "--remote", "--deep", "--scheduler", address)
        with serve_fleet(tmp_path / "fleet", environment=os.environ) as address:
            strangers = merged.run("verify", "--all", "--remote", "--deep", "--scheduler", address)
    assert together == alone
    assert together.code == 1
    # Ours were not sent along.
    assert strangers.code == 3
    assert "could not be read: remote 'storage' (s3://models/registry) cannot be used: " in strangers.err


def test_what_is_sent_to_a_fleet_holds_no_credential() -> None:
    options = {"region": "us-east-1", "secret_access_key": "s", "access_key_id": "a", "sas_token": "t", "anything": "x"}
    sent = public(RemoteSettings("storage", "https://user:word@dvc.example.org/store?token=1", options))
    assert (sent.url, sent.options) == ("https://dvc.example.org/store", {"region": "us-east-1"})


def test_a_scheduler_that_is_none(merged: Scene) -> None:
    ran = merged.run("verify", "--all", "--deep", "--scheduler", "nonsense://nowhere")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == ("modelyard: nonsense://nowhere is no address of a Dask scheduler\n    hint: tcp://HOST:8786\n")
