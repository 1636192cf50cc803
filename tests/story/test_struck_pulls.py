"""A pull that dies or fails at any of its calls of the kernel leaves nothing wrong; the next one ends right."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from support.calls import Call, calls_of, strike
from support.objects import files_below
from support.registry import Scene, copied, modelyard
from support.torture import TORTURE, sampled

KILLS = 200 if TORTURE else 30
FAILURES = 60
PREVIOUS = b"what stood there before"


@dataclass(frozen=True)
class Pull:
    """A pull of one large file, and the calls of the kernel that it makes."""

    scene: Scene
    cache: Path
    words: tuple[str | Path, ...]
    calls: tuple[Call, ...]
    right: str

    @property
    def target(self) -> Path:
        return self.scene.path / "out" / "large.safetensors"

    def reset(self, *, previous: bool) -> None:
        """Forget all that came, but not the registry; a file of another's may stand in place."""
        for path in (self.target.parent, *(self.cache / name for name in ("files", "incoming", "quarantine"))):
            shutil.rmtree(path, ignore_errors=True)
        if previous:
            self.target.parent.mkdir()
            self.target.write_bytes(PREVIOUS)

    def digests(self, root: Path) -> set[str]:
        """Return the digests of all files below a directory that bear a name anybody looks for."""
        names = [name for name in files_below(root) if not name.endswith(".part")]
        return {hashlib.sha256((root / name).read_bytes()).hexdigest() for name in names}

    def check_places(self, *, previous: bool) -> None:
        """Nothing wrong stands in the target or among the objects of the cache."""
        before = {hashlib.sha256(PREVIOUS).hexdigest()} if previous else set()
        assert self.digests(self.target.parent) in (before, {self.right})
        assert self.digests(self.cache / "files") <= {self.right}

    def check_rerun(self) -> None:
        """The next one ends right."""
        ran = modelyard(*self.words)
        assert ran.code == 0, ran.err
        assert self.digests(self.target.parent) == {self.right}


@pytest.fixture(scope="module")
def pull(merged_once: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pull]:
    path = tmp_path_factory.mktemp("struck")
    scene = copied(merged_once, path / "scene")
    data = save({"weights": np.random.default_rng(1).random((1 << 19,))})
    scene.training.commit({"large.safetensors": data}, "feat: a large model")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        assert scene.register("--branch", artifact="large.safetensors", name="large").code == 0
        scene.merge("register/large-1.0.0")
        words = ("pull", "large@1.0.0", "--repo", scene.registry.path, "--out", scene.path / "out")
        assert modelyard(*words).code == 0
        right = hashlib.sha256(data).hexdigest()
        Pull(scene, scene.cache, words, (), right).reset(previous=False)
        calls = calls_of(words, directory=path, trace=path / "trace", within=str(path / "scene" / "out"))
        yield Pull(scene, scene.cache, words, tuple(calls), right)


def test_the_calls_that_are_struck_are_those_that_matter(pull: Pull) -> None:
    names = {call.name for call in pull.calls}

    assert {"write", "fsync"} <= names
    assert names & {"renameat", "renameat2", "rename"}
    assert 2 * len(pull.calls) > FAILURES


def test_case_29_a_pull_that_is_killed_anywhere_leaves_nothing_wrong(pull: Pull) -> None:
    # The same ones every time, so that a failure is found again.
    dice = random.Random(29)
    died = 0
    for number in range(KILLS):
        previous = bool(number % 2)
        pull.reset(previous=previous)

        struck = strike(pull.words, dice.choice(pull.calls), "signal=KILL", directory=pull.scene.path)

        died += struck.code in (-9, 137)
        pull.check_places(previous=previous)
        pull.check_rerun()
    assert died >= KILLS * 0.9


def test_case_30_a_pull_that_a_disk_refuses_leaves_nothing_wrong_and_nothing_unfinished(pull: Pull) -> None:
    points = [(call, error) for call in pull.calls for error in ("EIO", "ENOSPC")]
    failed = 0
    for number, (call, error) in enumerate(sampled(points, FAILURES)):
        previous = bool(number % 2)
        pull.reset(previous=previous)

        struck = strike(pull.words, call, f"error={error}", directory=pull.scene.path)

        assert struck.code in (0, 3), (call, error, struck)
        assert "Traceback" not in struck.err
        failed += struck.code == 3
        pull.check_places(previous=previous)
        assert not {name for name in files_below(pull.cache) if name.endswith(".part")}, (call, error)
        assert not {name for name in files_below(pull.target.parent) if name.endswith(".part")}, (call, error)
    assert failed
