"""One registry for all tests of a module that only read it."""

from __future__ import annotations

import pytest

from support.registry import Scene, founded_scene, merged_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A registry with fraud@1.0.0 in staging and production, and fraud@1.1.0 in no stage."""
    scene = founded_scene(tmp_path_factory.mktemp("scene"))
    merged_scene(scene)
    return scene


@pytest.fixture
def standing_in_the_registry(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scene.registry.path)
