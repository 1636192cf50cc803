"""A pull that dies while it opens a sealed artifact, or that the disk refuses: the file is whole, or not there."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelyard.storage.encryption import VARIABLE
from support.calls import Call, calls_of, strike
from support.objects import files_below
from support.registry import Scene, copied, modelyard
from support.sealing import pyrage
from support.torture import sampled

STRIKES = 12
PREVIOUS = b"what stood there before"


@dataclass(frozen=True)
class Opening:
    """A pull that finds the sealed file in the cache, and the calls of the kernel that it makes."""

    scene: Scene
    words: tuple[str | Path, ...]
    calls: tuple[Call, ...]
    right: str

    @property
    def target(self) -> Path:
        return self.scene.path / "out" / "model.onnx"

    def reset(self) -> None:
        """Let something else stand where the opened file belongs, and forget what a killed pull has left."""
        shutil.rmtree(self.target.parent, ignore_errors=True)
        self.target.parent.mkdir()
        self.target.write_bytes(PREVIOUS)

    def check(self) -> None:
        """Nothing but the old or the new file bears its name, and nothing is in the cache but what is sealed."""
        found = hashlib.sha256(self.target.read_bytes()).hexdigest()
        assert found in (hashlib.sha256(PREVIOUS).hexdigest(), self.right)
        named = [name for name in files_below(self.target.parent) if not name.endswith(".part")]
        assert named == ["model.onnx"]
        kept = {hashlib.sha256(path.read_bytes()).hexdigest() for path in self.scene.cache.rglob("*") if path.is_file()}
        assert self.right not in kept


@pytest.fixture(scope="module")
def opening(founded_once: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opening]:
    path = tmp_path_factory.mktemp("struck")
    scene = copied(founded_once, path / "scene")
    identity = pyrage.x25519.Identity.generate()
    policy = scene.registry.path / "model_registry" / "registry.yaml"
    demand = f"storage: {{remotes: {{storage: {{compress: zstd, encrypt: {{age: [{identity.to_public()}]}}}}}}}}\n"
    policy.write_text(policy.read_text("utf-8") + demand, "utf-8")
    scene.commit("Let artifacts be sealed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        patch.setenv(VARIABLE, str(identity))
        card = ("--card", scene.training.path / "MODEL_CARD.md")
        assert scene.register("--branch", *card, artifact="model.onnx").code == 0
        scene.merge("register/fraud-1.0.0")
        words = ("pull", "fraud@1.0.0", "--repo", scene.registry.path, "--out", scene.path / "out")
        right = hashlib.sha256((scene.training.path / "model.onnx").read_bytes()).hexdigest()
        Opening(scene, words, (), right).reset()
        calls = calls_of(words, directory=path, trace=path / "trace", within=str(scene.path / "out"))
        yield Opening(scene, words, tuple(calls), right)


def test_a_pull_that_is_killed_while_it_opens_leaves_the_old_file_or_the_new_one(opening: Opening) -> None:
    died = 0
    for call in sampled(opening.calls, STRIKES):
        opening.reset()
        died += strike(opening.words, call, "signal=KILL", directory=opening.scene.path).code in (-9, 137)
        opening.check()
        assert modelyard(*opening.words).code == 0, call
        assert hashlib.sha256(opening.target.read_bytes()).hexdigest() == opening.right
    assert died


def test_so_does_one_that_the_disk_refuses(opening: Opening) -> None:
    failed = 0
    for call in sampled(opening.calls, STRIKES):
        opening.reset()
        struck = strike(opening.words, call, "error=ENOSPC", directory=opening.scene.path)
        assert struck.code in (0, 3), (call, struck)
        assert "Traceback" not in struck.err
        failed += struck.code == 3
        opening.check()
        assert not {name for name in files_below(opening.target.parent) if name.endswith(".part")}, call
    assert failed
