"""Remotes behind DVC's clients, against a real S3 server."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelyard.documents.pointer import Pointer, render
from modelyard.errors import DigestMismatch, MissingClient, NotFinished
from modelyard.storage.cache import Cache
from modelyard.storage.digests import digest_bytes
from modelyard.storage.dvc_remote import DvcRemote
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.layout import object_path
from modelyard.storage.transfer import fetch, push
from modelyard.storage.wanted import Wanted, WantedDirectory
from support.dvc import new_dvc_repository
from support.objects import Counter, files_below, spoil, wanted_directory, wanted_file
from support.s3 import BUCKET, S3Server, serve_s3

URL = f"s3://{BUCKET}/dvc"
MODEL = bytes(range(256)) * 4096
LOOK = "look at its address (`dvc remote list`), at your credentials for it, and at the network"


@dataclass(frozen=True)
class Scene:
    """A model and a directory that were pushed to a running server."""

    server: S3Server
    author: Cache
    model: Wanted
    directory: WantedDirectory

    @property
    def root(self) -> Path:
        """Where the server keeps the remote's objects."""
        return self.server.bucket / "dvc"

    def remote(self, scratch: Path, **options: str) -> DvcRemote:
        settings = RemoteSettings("s3", options.pop("url", URL), {**self.server.options(), **options})
        return DvcRemote(settings, scratch=scratch)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    here = tmp_path_factory.mktemp("s3")
    (here / "model.bin").write_bytes(MODEL)
    (here / "directory" / "sub").mkdir(parents=True)
    (here / "directory" / "sub" / "a").write_bytes(b"one")
    (here / "directory" / "b").write_bytes(b"two")
    author = Cache(here / "author")
    model = wanted_file(author.add_file(here / "model.bin"))
    directory = wanted_directory(author.add_directory(here / "directory"))
    with serve_s3(here / "server") as server:
        scene = Scene(server, author, model, directory)
        progress = Counter()
        pushed = push([model.oid, directory.oid], author, scene.remote(here / "scratch"), progress=progress)
        assert (pushed.objects, pushed.present) == (4, 0)
        assert progress.bytes == pushed.size
        yield scene


def test_objects_lie_where_dvc_looks_for_them(scene: Scene) -> None:
    wanted = {object_path(scene.model.oid), object_path(scene.directory.oid)}
    wanted |= {object_path(digest_bytes(data).md5) for data in (b"one", b"two")}

    assert wanted <= files_below(scene.root)


def test_pushes_nothing_twice(scene: Scene, tmp_path: Path) -> None:
    pushed = push([scene.model.oid, scene.directory.oid], scene.author, scene.remote(tmp_path))

    assert (pushed.objects, pushed.present) == (0, 4)


def test_fetches_and_leaves_nothing_behind(scene: Scene, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")

    fetched = fetch([scene.model, scene.directory], scene.remote(tmp_path / "scratch"), cache)

    assert (fetched.objects, fetched.healed) == (4, ())
    assert files_below(cache.root) == files_below(scene.author.root)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_dvc_pulls_what_we_pushed(scene: Scene, tmp_path: Path) -> None:
    options = "".join(f"    {key} = {value}\n" for key, value in scene.server.options().items())
    config = f"[core]\n    remote = s3\n['remote \"s3\"']\n    url = {URL}\n{options}"
    repository = new_dvc_repository(tmp_path / "repository", config=config)
    pointer = Pointer("model.bin", scene.model.oid, scene.model.size)
    (repository.path / "model.bin.dvc").write_bytes(render(pointer))

    repository.dvc("pull", "--quiet")

    assert (repository.path / "model.bin").read_bytes() == MODEL


def test_an_object_that_is_missing(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught:
        fetch([Wanted("0" * 32, "0" * 64, 1)], scene.remote(tmp_path / "scratch"), Cache(tmp_path / "cache"))

    assert caught.value.message == f"object {'0' * 32} is not in remote 's3' ({URL})"
    assert caught.value.hint == "run `modelyard push` where the model was registered"


def test_an_object_with_other_bytes_on_the_server(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"flipped")
    wanted = wanted_file(scene.author.add_file(tmp_path / "model.bin"))
    remote, cache = scene.remote(tmp_path / "scratch"), Cache(tmp_path / "cache")
    push([wanted.oid], scene.author, remote)
    bad = spoil(scene.root, wanted.oid, "flipped")

    with pytest.raises(DigestMismatch) as caught:
        fetch([wanted], remote, cache)

    where = f"remote 's3' ({URL}/{object_path(wanted.oid)})"
    assert caught.value.message.startswith(f"object {wanted.oid} in {where} is corrupt: expected 7 bytes")
    assert [path.read_bytes() for path in (cache.root / "quarantine").iterdir()] == [bad]
    assert not cache.holds(wanted.oid)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let this process, and those that it starts, write no larger file."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_no_more_than_is_wanted_is_read_from_the_server(scene: Scene, tmp_path: Path) -> None:
    data = b"7 bytes"
    wanted = Wanted(digest_bytes(data).md5, digest_bytes(data).sha256, len(data))
    cache, stored = Cache(tmp_path / "cache"), scene.root / object_path(wanted.oid)
    stored.parent.mkdir(parents=True)
    stored.write_bytes(data * 2**20)

    with serve_s3(scene.server.root) as server, files_of_at_most(2**20):
        remote = scene.remote(tmp_path / "scratch", endpointurl=server.endpoint)
        with pytest.raises(DigestMismatch, match="found more than 7 bytes"):
            fetch([wanted], remote, cache)

    assert [path.read_bytes() for path in (cache.root / "quarantine").iterdir()] == [data + b"7"]


def test_wrong_credentials_are_refused_and_never_shown(scene: Scene, tmp_path: Path) -> None:
    remote = scene.remote(tmp_path / "scratch", secret_access_key="a-wrong-secret")

    with pytest.raises(NotFinished) as caught:
        fetch([scene.model], remote, Cache(tmp_path / "cache"))

    assert caught.value.message == f"remote 's3' ({URL}) cannot be used: PermissionError: Forbidden"
    assert caught.value.hint == LOOK


def test_a_bucket_that_is_not_there(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught:
        push([scene.model.oid], scene.author, scene.remote(tmp_path / "scratch", url="s3://nowhere/dvc"))

    assert caught.value.message == (
        "remote 's3' (s3://nowhere/dvc) cannot be used: FileNotFoundError: The specified bucket does not exist"
    )


def test_a_server_that_does_not_answer(scene: Scene, tmp_path: Path) -> None:
    remote = DvcRemote(RemoteSettings("web", "http://user:secret@127.0.0.1:1/models"), scratch=tmp_path / "scratch")

    with pytest.raises(NotFinished) as caught:
        fetch([scene.model], remote, Cache(tmp_path / "cache"))

    assert caught.value.message == (
        "remote 'web' (http://127.0.0.1:1/models) cannot be used: ClientConnectorError: "
        "Cannot connect to host 127.0.0.1:1 ssl:default [Connect call failed ('127.0.0.1', 1)]"
    )
    assert caught.value.hint == LOOK


def test_a_server_that_takes_a_call_and_says_nothing_is_given_up(scene: Scene, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/models"
        remote = DvcRemote(RemoteSettings("web", url), scratch=tmp_path / "scratch", patience=2)

        with pytest.raises(NotFinished) as caught:
            remote.sizes([scene.model.oid])

    assert caught.value.message == f"remote 'web' ({url}) did not finish within 2 seconds"
    assert caught.value.hint == "look at the server and the network, and run the command again"
    assert files_below(tmp_path / "scratch") == set()


def test_a_setting_that_dvc_does_not_know(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught:
        fetch([scene.model], scene.remote(tmp_path / "scratch", colour="red"), Cache(tmp_path / "cache"))

    assert "extra keys not allowed" in caught.value.message


@pytest.mark.parametrize(
    ("missing", "url", "options", "client", "what"),
    [
        ("dvc", "s3://bucket/dvc", {}, "a client for S3", "modelyard[s3]"),
        ("dvc_s3", "s3://bucket/dvc", {}, "a client for S3", "modelyard[s3]"),
        # Our own client knows no such setting.
        ("dvc_s3", "s3://bucket/dvc", {"acl": "private"}, "DVC's client for s3", "modelyard[dvc-s3]"),
        ("dvc_gs", "gs://bucket/dvc", {}, "DVC's client for gs", "dvc[gs]"),
    ],
)
def test_a_client_that_is_not_installed(
    scene: Scene,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
    url: str,
    options: dict[str, str],
    client: str,
    what: str,
) -> None:
    # Found before the installed module, and not there after all.
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError(name={missing!r})\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    remote = DvcRemote(RemoteSettings("far", url, options), scratch=tmp_path / "scratch")

    with pytest.raises(MissingClient) as caught:
        fetch([scene.model], remote, Cache(tmp_path / "cache"))

    assert caught.value.message == f"remote 'far' ({url}) needs {client}"
    assert caught.value.hint == f"pip install '{what}'"


def test_nothing_of_dvc_is_imported_here(scene: Scene) -> None:
    program = "import sys, modelyard.storage.dvc_remote; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert {"dvc", "s3fs", "fsspec", "boto3"}.isdisjoint(loaded)
