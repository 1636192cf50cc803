"""The guide to S3, each command run against a real server."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from support import guide
from support.project import ROOT
from support.registry import Scene, modelyard, unchanged
from support.repositories import Repository
from support.s3 import S3Server, serve_s3

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = ROOT / "docs" / "how-to" / "use-s3.md"


@pytest.fixture
def desk(founded_once: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a training repository in it, where the credentials of the server are known."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", S3Server.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", S3Server.secret_access_key)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    shutil.copytree(founded_once.training.path, tmp_path / "desk" / "training")
    return tmp_path / "desk"


def test_each_command_of_the_guide_does_what_it_says(desk: Path, tmp_path: Path) -> None:
    with serve_s3(tmp_path / "server") as server:
        steps = guide.steps(GUIDE.read_text("utf-8").replace("https://s3.example.org", server.endpoint))
        outputs = guide.run(steps, desk)
        objects = [path.read_bytes() for path in server.bucket.rglob("*") if path.is_file()]
    for step, output in zip(steps, outputs, strict=True):
        assert guide.missing_lines(step.promised, output) == [], f"line {step.line}:\n{output}"
    version = desk / "elsewhere" / "model_registry" / "fraud-1.0.0"
    record = yaml.safe_load((version / "metadata.yaml").read_text("utf-8"))["files"]["model.joblib"]
    assert hashlib.sha256((version / "model.joblib").read_bytes()).hexdigest() == record["sha256"]
    assert [hashlib.sha256(data).hexdigest() for data in objects] == [record["sha256"]]

    # The server is gone now.
    registry = Repository(desk / "models")
    with unchanged(registry):
        card, data = desk / "training" / "MODEL_CARD.md", desk / "training" / "data.csv"
        given = ("--dataset", data, "--card", card, "--license", "MIT", "--metrics", "accuracy=0.94")
        artifact = desk / "training" / "scaler.joblib"
        ran = modelyard("register", "fraud", "--registry", registry.path, "--branch", "--artifact", artifact, *given)
    assert (ran.code, ran.out) == (3, "")
    assert "remote 'storage' (s3://models/registry) cannot be used: " in ran.err
