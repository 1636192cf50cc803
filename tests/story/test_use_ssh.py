"""A registry whose models lie behind Debian's own sshd, reached by DVC's client."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.consumers import Consumer, keep_models_at, place_of
from support.dvc import DvcRepository
from support.objects import files_below, spoil
from support.registry import Ran, Scene
from support.repositories import run_git
from support.ssh_server import SshServer, known_host, new_key, serve_ssh


@dataclass(frozen=True)
class Desk:
    """A consumer of a registry whose objects are reached by SSH; the server is known to both."""

    consumer: Consumer
    server: SshServer
    known_hosts: Path

    @property
    def scene(self) -> Scene:
        return self.consumer.scene

    @property
    def remote(self) -> str:
        """The remote as messages name it."""
        return f"remote 'storage' ({self.server.address})"

    def keep_models_there(self, *, keyfile: Path | None = None) -> None:
        keep_models_at(self.scene, self.server.url, keyfile=str(keyfile or self.server.keyfile))

    def object_of(self, pointer: str) -> tuple[str, Path]:
        """Return id and file of the object behind a pointer."""
        place = place_of(self.scene, pointer)
        return "".join(place.split("/")[-2:]), self.server.root / place


@pytest.fixture
def desk(merged: Scene, own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    known_hosts = tmp_path / "home" / ".ssh" / "known_hosts"
    known_hosts.parent.mkdir(parents=True)
    with serve_ssh(tmp_path / "server") as server:
        known_hosts.write_text(server.known_host(), encoding="utf-8")
        shutil.copytree(merged.storage, server.root, dirs_exist_ok=True)
        yield Desk(Consumer(merged, own_cache), server, known_hosts)


def test_what_is_pushed_is_verified_pulled_and_found_by_dvc(desk: Desk, tmp_path: Path) -> None:
    stored = files_below(desk.server.root)
    shutil.rmtree(desk.server.root)
    desk.keep_models_there()

    pushed = desk.scene.run("push")

    size = sum(path.stat().st_size for path in desk.server.root.rglob("*") if path.is_file())
    remote = desk.remote.replace(str(desk.scene.path), "SCENE")
    told = f"pushed 2 objects, {size / 1000:.1f} kB, to {remote}, sizes compared\n"
    assert pushed == Ran(0, told, "")
    assert files_below(desk.server.root) == stored
    verified = desk.scene.run("verify", "--all", "--remote", "--deep")
    assert (verified.code, verified.err) == (0, "")
    pulled = desk.consumer.pull()
    assert (pulled.code, pulled.err) == (0, "")
    assert desk.consumer.found() == desk.consumer.right()

    run_git(tmp_path, "clone", "--quiet", str(desk.scene.origin.path), "clone")
    DvcRepository(tmp_path / "clone").dvc("pull", "--quiet", "model_registry/fraud-1.0.0/model.joblib.dvc")
    (file,) = (tmp_path / "clone" / "model_registry").glob("*/model.joblib")
    assert file.read_bytes() == (desk.scene.training.path / "model.joblib").read_bytes()


def test_a_host_with_another_key_than_the_known_one_is_not_spoken_to(desk: Desk, tmp_path: Path) -> None:
    desk.known_hosts.write_text(known_host(desk.server.port, new_key(tmp_path / "other")), encoding="utf-8")
    desk.keep_models_there()

    assert desk.consumer.pull() == refused(desk)
    assert not desk.consumer.out.exists()


def test_a_host_that_is_not_known_is_sent_nothing(desk: Desk) -> None:
    desk.known_hosts.unlink()
    shutil.rmtree(desk.server.root)
    desk.keep_models_there()

    assert desk.scene.run("push") == refused(desk)
    assert not desk.server.root.exists()


def refused(desk: Desk) -> Ran:
    command = f"ssh -p {desk.server.port} {desk.server.user}@127.0.0.1"
    return Ran(
        3,
        "",
        f"modelyard: {desk.remote} cannot be used: its host key is none that ~/.ssh/known_hosts has for it\n"
        f"    hint: connect once and compare the fingerprint that is shown: `{command}`\n",
    )


def test_a_key_that_the_server_does_not_know_is_told(desk: Desk, tmp_path: Path) -> None:
    desk.keep_models_there(keyfile=new_key(tmp_path / "other"))

    assert desk.consumer.pull() == Ran(
        3,
        "",
        f"modelyard: {desk.remote} cannot be used: PermissionError: "
        f"Permission denied for user {desk.server.user} on host 127.0.0.1\n"
        "    hint: name a key that the server knows: `dvc remote modify --local storage keyfile <path>`\n",
    )
    assert not desk.consumer.out.exists()


def test_a_server_that_is_away_is_told(desk: Desk) -> None:
    desk.keep_models_there()
    desk.server.stop()

    ran = desk.consumer.pull()

    assert ran == Ran(
        3,
        "",
        f"modelyard: {desk.remote} cannot be used: ConnectionRefusedError: "
        f"[Errno 111] Connect call failed ('127.0.0.1', {desk.server.port})\n"
        "    hint: look at its address (`dvc remote list`), at your credentials for it, and at the network\n",
    )


def test_case_33_an_object_that_is_missing_is_named(desk: Desk) -> None:
    desk.keep_models_there()
    oid, file = desk.object_of("fraud-1.0.0/model.joblib")
    file.unlink()

    assert desk.consumer.pull() == Ran(
        3,
        "",
        f"modelyard: object {oid} is not in {desk.remote}\n"
        "    hint: run `modelyard push` where the model was registered\n",
    )
    assert not desk.consumer.out.exists()


def test_case_23_an_object_with_other_bytes_is_refused(desk: Desk) -> None:
    desk.keep_models_there()
    oid, file = desk.object_of("fraud-1.0.0/model.joblib")
    spoil(desk.server.root, oid, "flipped")

    ran = desk.consumer.pull()

    assert (ran.code, ran.out) == (1, "")
    place = f"remote 'storage' ({desk.server.address}/{file.relative_to(desk.server.root).as_posix()})"
    size = file.stat().st_size
    assert ran.err.startswith(f"modelyard: object {oid} in {place} is corrupt: expected {size} bytes with sha256 ")
    assert not desk.consumer.out.exists()
