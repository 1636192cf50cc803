"""A training repository and the registry that its models go to, with real models in both."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from modelyard.cli import main
from support.artifacts import estimator, joblib_bytes, onnx_bytes, safetensors_bytes
from support.repositories import Repository, bare_repository, new_repository, run_git

__all__ = [
    "CARD",
    "TRAINING_URL",
    "Ran",
    "Scene",
    "copied",
    "founded_scene",
    "merged_scene",
    "modelyard",
    "state",
    "unchanged",
]

TRAINING_URL = "https://git.example.org/training.git"
CARD = """\
---
license: MIT
tags: [fraud]
---

# Fraud

Tells fraudulent card payments from honest ones, for the review desk.

## Model description

A logistic regression on three columns.

## Intended use

Putting payments in an order in which people review them.

## Limitations

Trained on one month of payments, from one country.

## Dataset sources

Payments of March, as `data.csv` holds them.

## Evaluation metrics

Accuracy on rows that were held out.

## License

MIT.

## Contact

model-owners@example.org
"""
MANIFEST = """\
schema_version: 1
name: payments
description: Card payments of March.
files:
  - path: data.csv
    sha256: {sha256}
    size: {size}
    rows: 2
"""
DATA = b"amount,hour,fraud\n1.5,3,0\n900,4,1\n"


EVIDENCE = re.compile(r"evidence:\n  digest: sha256:[0-9a-f]{64}\n  tool: modelyard [0-9.]+\n")


@dataclass(frozen=True)
class Ran:
    """What a command ended with and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Scene:
    """Side by side in one directory: where models are trained, their registry, its origin and its storage."""

    path: Path

    @property
    def training(self) -> Repository:
        return Repository(self.path / "training")

    @property
    def registry(self) -> Repository:
        return Repository(self.path / "models")

    @property
    def origin(self) -> Repository:
        return Repository(self.path / "origin.git")

    @property
    def storage(self) -> Path:
        return self.path / "models-storage"

    @property
    def cache(self) -> Path:
        return self.registry.path / ".dvc" / "cache"

    def version(self, directory: str) -> Path:
        """Return the directory of a version in the work tree."""
        return self.registry.path / "model_registry" / directory

    def decided(self, path: str) -> str:
        """Return a stage's document without the evidence that has to stand in it."""
        text = (self.registry.path / path).read_text(encoding="utf-8")
        rest, count = EVIDENCE.subn("", text)
        assert count == 1, text
        return rest

    def run(self, *words: str | Path) -> Ran:
        """Run a command where we stand, and name the scene's directory ``SCENE`` in what it prints."""
        ran = modelyard(*words)
        return Ran(ran.code, ran.out.replace(str(self.path), "SCENE"), ran.err.replace(str(self.path), "SCENE"))

    def register(self, *words: str | Path, artifact: str = "model.joblib", name: str = "fraud") -> Ran:
        """Register a model of the training repository, with what every registration needs."""
        training = self.training.path
        given: tuple[str | Path, ...] = ("--registry", self.registry.path, "--artifact", training / artifact)
        return self.run("register", name, *given, "--dataset", training / "data.csv", "--license", "MIT", *words)

    def commit(self, message: str = "Change") -> str:
        """Commit whatever the registry's work tree holds, as a person would with ``git add``."""
        self.registry.git("add", "--all")
        self.registry.git("commit", "--quiet", "--no-verify", "--message", message)
        return self.registry.head

    def merge(self, branch: str) -> str:
        """Merge a branch of the registry into main by a merge commit, and return its id."""
        self.registry.git("merge", "--quiet", "--no-ff", "--no-verify", "--no-edit", branch)
        return self.registry.head

    def push(self) -> None:
        """Push main to the origin."""
        self.registry.git("push", "--quiet", "origin", "main")


def modelyard(*words: str | Path) -> Ran:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(word) for word in words])
    return Ran(code, out.getvalue(), err.getvalue())


def founded_scene(path: Path) -> Scene:
    """Make a scene whose registry is founded, committed, pushed and still empty."""
    scene = Scene(path)
    _new_training(scene.training.path)
    bare_repository(scene.origin.path)
    new_repository(scene.registry.path)
    ran = modelyard("init", scene.registry.path)
    assert ran.code == 0, ran.err
    # Relative, so that a copy of the scene has its own origin.
    scene.registry.git("remote", "add", "origin", "../origin.git")
    scene.commit("Found the model registry")
    scene.push()
    return scene


def merged_scene(scene: Scene) -> None:
    """Merge fraud@1.0.0, in staging and production, and fraud@1.1.0, in no stage yet, into a founded scene."""
    register = ("--branch", "--n", "1000", "--file", f"preprocessor={scene.training.path / 'scaler.joblib'}")
    for version, accuracy in (("1.0.0", "0.9"), ("1.1.0", "0.93")):
        ran = scene.register(*register, "--version", version, "--metrics", f"accuracy={accuracy}")
        assert ran.code == 0, ran.err
        scene.merge(f"register/fraud-{version}")
    for stage in ("staging", "production"):
        ran = scene.run("promote", "fraud@1.0.0", "--registry", scene.registry.path, "--to", stage, "--branch")
        assert ran.code == 0, ran.err
        scene.merge(f"promote/fraud-1.0.0-to-{stage}")
    scene.push()


def copied(scene: Scene, path: Path) -> Scene:
    """Return a copy of a scene, for a test to do with as it likes."""
    shutil.copytree(scene.path, path, symlinks=True)
    return Scene(path)


def state(repository: Repository) -> dict[str, str]:
    """Return all that a refused command must leave alone: Git's status and refs, every file, no leftovers."""
    state = {"status": repository.git("status", "--porcelain"), "refs": repository.git("for-each-ref")}
    state["transactions"] = " ".join(_names(repository.path / ".git" / "modelyard" / "transactions"))
    state["incoming"] = " ".join(_names(repository.path / ".dvc" / "cache" / "incoming"))
    for directory, names, files in os.walk(repository.path):
        names[:] = [name for name in names if Path(directory, name) not in _unwatched(repository.path)]
        for file in files:
            path = Path(directory, file)
            content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            mode = path.lstat().st_mode
            state[str(path.relative_to(repository.path))] = f"{mode:o} {hashlib.sha256(content).hexdigest()}"
    return state


@contextmanager
def unchanged(repository: Repository) -> Iterator[None]:
    """Make sure that the block changes nothing that anybody could see in a repository."""
    before = state(repository)
    yield
    assert state(repository) == before


def _unwatched(root: Path) -> tuple[Path, ...]:
    return (root / ".git", root / ".dvc" / "cache", root / ".dvc" / "tmp")


def _names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir()) if directory.is_dir() else []


def _new_training(path: Path) -> None:
    repository = new_repository(path)
    run_git(path, "remote", "add", "origin", TRAINING_URL)
    manifest = MANIFEST.format(sha256=hashlib.sha256(DATA).hexdigest(), size=len(DATA))
    repository.commit(
        {
            "MODEL_CARD.md": CARD.encode(),
            "data.csv": DATA,
            "dataset-manifest.yaml": manifest.encode(),
            "metrics.json": json.dumps({"test": {"accuracy": 0.9, "auc": 0.95}}).encode(),
            "model.joblib": joblib_bytes(estimator("pipeline")),
            "compressed.joblib": joblib_bytes(estimator("pipeline"), compress=3),
            "scaler.joblib": joblib_bytes(estimator("pipeline")[0]),
            "model.onnx": onnx_bytes(),
            "model.safetensors": safetensors_bytes(),
            "forest/model.joblib": joblib_bytes(estimator("forest")),
            "forest/parts/words.joblib": joblib_bytes(estimator("vocabulary")),
            "train.py": b"# trains\n",
        },
        "feat: train a first model",
    )
