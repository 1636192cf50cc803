"""Scenes for stories: made once, copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.applications import new_application, serve_storage
from support.consumers import Consumer
from support.registry import Scene, copied, founded_scene, merged_scene
from support.repositories import IDENTITY
from support.s3 import S3Server


@pytest.fixture(autouse=True)
def commits_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit is judged by its own date, and must not be older than the versions that a story registers in it."""
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.delitem(IDENTITY, name)


@pytest.fixture(scope="session")
def founded_once(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return founded_scene(tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="session")
def merged_once(founded_once: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    scene = copied(founded_once, tmp_path_factory.mktemp("merged") / "scene")
    merged_scene(scene)
    return scene


@pytest.fixture
def founded(founded_once: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A registry without a model; we stand in it."""
    scene = copied(founded_once, tmp_path / "scene")
    monkeypatch.chdir(scene.registry.path)
    return scene


@pytest.fixture
def merged(merged_once: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A registry with fraud@1.0.0 in staging and production, and fraud@1.1.0 in no stage; we stand in it."""
    scene = copied(merged_once, tmp_path / "scene")
    monkeypatch.chdir(scene.registry.path)
    return scene


@pytest.fixture
def scored(merged: Scene) -> Scene:
    """Let the policy score by accuracy: 1.0.0 has 0.9 and is in staging, 1.1.0 has 0.93; on 1000 rows each."""
    policy = merged.registry.path / "model_registry/registry.yaml"
    policy.write_text(f"{policy.read_text()}\nscores:\n  weights: {{accuracy: 1}}\n")
    merged.commit("Score by accuracy")
    return merged


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of ours for one test."""
    monkeypatch.setenv("MODELYARD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def consumer(merged: Scene, own_cache: Path) -> Consumer:
    """Somebody who pulls from the registry's address, through a cache of his own."""
    return Consumer(merged, own_cache)


@pytest.fixture
def bucket_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the S3 server of the tests lets in."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", S3Server.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", S3Server.secret_access_key)


@pytest.fixture
def application(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An application that asks for fraud@production; we stand in it."""
    serve_storage(merged)
    directory = new_application(merged)
    monkeypatch.chdir(directory)
    return directory
