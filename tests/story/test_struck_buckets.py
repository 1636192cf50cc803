"""A pull from a bucket that dies at any call of any of its threads leaves nothing wrong; the next one ends right."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from support.calls import Call, calls_of_threads, strike
from support.consumers import keep_models_at
from support.moto_server import READER, serve_moto
from support.objects import files_below
from support.registry import Scene, copied, modelyard
from support.s3 import BUCKET, serve_s3
from support.torture import TORTURE

KILLS = 200 if TORTURE else 8
# Enough to be fetched in parts at once.
NUMBERS = 2_200_000
# Names of calls by which a download gets on, and that Git hardly makes meanwhile.
STRUCK = ("recvfrom", "sendto", "write", "pwrite64", "fsync", "rename", "renameat", "renameat2")


@dataclass(frozen=True)
class Pull:
    """A pull of one large file from a bucket, and the calls of the kernel that its threads make."""

    scene: Scene
    words: tuple[str | Path, ...]
    calls: tuple[Call, ...]
    right: str

    @property
    def target(self) -> Path:
        return self.scene.path / "out"

    def reset(self) -> None:
        for path in (self.target, *(self.scene.cache / name for name in ("files", "incoming", "quarantine"))):
            shutil.rmtree(path, ignore_errors=True)

    def digests(self, root: Path) -> set[str]:
        """Return the digests of all files below a directory that bear a name anybody looks for."""
        names = [name for name in files_below(root) if not name.endswith(".part")]
        return {hashlib.sha256((root / name).read_bytes()).hexdigest() for name in names}


@contextmanager
def kept_by_rclone(scene: Scene, root: Path) -> Iterator[None]:
    """Keep the registry's models at the server whose objects are plain files."""
    shutil.copytree(scene.storage, root / BUCKET / "dvc")
    with serve_s3(root) as server:
        keep_models_at(scene, f"s3://{BUCKET}/dvc", **server.options())
        yield


@contextmanager
def kept_by_moto(scene: Scene, _root: Path) -> Iterator[None]:
    """Keep the registry's models at the server that knows ranges."""
    with serve_moto(scene.storage, READER) as server:
        (reader,) = server.users
        keep_models_at(scene, f"s3://{BUCKET}/dvc", **server.options(), **reader.options())
        yield


@pytest.fixture(scope="module", params=[kept_by_rclone, kept_by_moto])
def pull(
    request: pytest.FixtureRequest, merged_once: Scene, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pull]:
    path = tmp_path_factory.mktemp("struck")
    scene = copied(merged_once, path / "scene")
    data = save({"weights": np.random.default_rng(1).random((NUMBERS,))})
    scene.training.commit({"large.safetensors": data}, "feat: a large model")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        assert scene.register("--branch", artifact="large.safetensors", name="large").code == 0
        scene.merge("register/large-1.0.0")
        with request.param(scene, path / "server"):
            words = ("pull", "large@1.0.0", "--repo", scene.registry.path, "--out", scene.path / "out")
            right = hashlib.sha256(data).hexdigest()
            Pull(scene, words, (), right).reset()
            calls = calls_of_threads(words, directory=path, trace=path / "trace")
            yield Pull(scene, words, tuple(call for call in calls if call.name in STRUCK), right)


def test_case_29_a_pull_from_a_bucket_that_is_killed_anywhere_leaves_nothing_wrong(pull: Pull) -> None:
    # The same ones every time, so that a failure is found again.
    dice = random.Random(29)
    died = 0
    for _ in range(KILLS):
        pull.reset()

        struck = strike(pull.words, dice.choice(pull.calls), "signal=KILL", directory=pull.scene.path, threads=True)

        died += struck.code in (-9, 137)
        assert pull.digests(pull.target) <= {pull.right}
        assert pull.digests(pull.scene.cache / "files") <= {pull.right}
        ran = modelyard(*pull.words)
        assert (ran.code, ran.err) == (0, "")
        assert pull.digests(pull.target) == {pull.right}
    # Some kills hit the Git that a pull starts; then the pull says so, and is no less right.
    assert died >= KILLS * 0.5
