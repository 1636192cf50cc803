"""A pull or push of a bucket that dies at any call of any thread leaves nothing wrong; the next one ends right."""

from __future__ import annotations

import hashlib
import random
import re
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
from support.moto_server import WRITER, serve_moto
from support.objects import files_below
from support.registry import Scene, copied, modelyard
from support.s3 import BUCKET, serve_s3
from support.torture import TORTURE

KILLS = 200 if TORTURE else 8
PUSHES = 40 if TORTURE else 3
# Enough to be fetched in parts at once.
NUMBERS = 2_200_000
# Names of calls by which a transfer gets on, and that Git hardly makes meanwhile.
STRUCK = ("recvfrom", "sendto", "writev", "write", "pwrite64", "fsync", "rename", "renameat", "renameat2")


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
    with serve_moto(scene.storage, WRITER) as server:
        (writer,) = server.users
        keep_models_at(scene, f"s3://{BUCKET}/dvc", **server.options(), **writer.options())
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


def test_a_push_to_a_bucket_that_is_killed_anywhere_is_made_whole_by_the_next(pull: Pull) -> None:
    assert modelyard(*pull.words).code == 0
    words = ("push", "large@1.0.0", "--repo", pull.scene.registry.path)
    aim_at(pull.scene, "measured")
    trace = pull.scene.path / "trace"
    calls = [call for call in calls_of_threads(words, directory=pull.scene.path, trace=trace) if call.name in STRUCK]
    dice = random.Random(29)
    died = 0
    for number in range(PUSHES):
        aim_at(pull.scene, f"struck-{number}")

        struck = strike(words, dice.choice(calls), "signal=KILL", directory=pull.scene.path, threads=True)

        died += struck.code in (-9, 137)
        ran = modelyard(*words)
        assert (ran.code, ran.err) == (0, "")
        ran = modelyard("verify", "large@1.0.0", "--repo", pull.scene.registry.path, "--remote", "--deep")
        assert (ran.code, ran.err) == (0, "")
    aim_at(pull.scene, "dvc")
    assert died >= PUSHES * 0.5


def aim_at(scene: Scene, prefix: str) -> None:
    """Let the remote be at a place of the bucket, where nothing of the model lies yet."""
    config = scene.registry.path / ".dvc" / "config"
    text = re.sub(r"url = s3://.*", f"url = s3://{BUCKET}/{prefix}", config.read_text("utf-8"))
    config.write_text(text, encoding="utf-8")
    scene.commit(f"Keep models at {prefix}")
