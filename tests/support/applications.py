"""Applications beside a registry, which take their models from its origin."""

from __future__ import annotations

import re
from pathlib import Path

from support.registry import Scene

__all__ = ["FRAUD", "address_of", "new_application", "promote", "release", "serve_storage", "write_list"]

FRAUD = {"fraud": '"production"'}


def serve_storage(scene: Scene, url: str | None = None) -> None:
    """Let the registry name its storage by an address that means the same to a consumer: by default its path."""
    config = scene.registry.path / ".dvc/config"
    config.write_text(re.sub("url = .*", f"url = {url or scene.storage}", config.read_text()))
    scene.commit("Keep models where everybody finds them")
    scene.push()


def address_of(scene: Scene) -> str:
    return f"file://{scene.origin.path}"


def new_application(scene: Scene, models: dict[str, str] = FRAUD) -> Path:
    """Make the directory of an application that asks for models of the scene's registry, and return it."""
    directory = scene.path / "application"
    directory.mkdir()
    write_list(directory, address_of(scene), models)
    return directory


def write_list(directory: Path, registry: str, models: dict[str, str], more: str = "") -> None:
    lines = [f"{name} = {value}" for name, value in models.items()]
    text = "\n".join([f'registry = "{registry}"', "", "[models]", *lines, "", more])
    (directory / "modelyard.toml").write_text(text, encoding="utf-8")


def promote(scene: Scene, version: str) -> None:
    """Put a version of fraud into production, as a merged pull request would."""
    for stage in ("staging", "production"):
        document = scene.registry.path / f"model_registry/stages/{stage}/fraud.yaml"
        document.write_text(f"schema_version: 1\nversion: {version}\n", encoding="utf-8")
    scene.commit(f"Promote fraud@{version}")
    scene.push()


def release(scene: Scene, version: str, *words: str, name: str = "fraud", artifact: str = "scaler.joblib") -> None:
    """Register a version that is other bytes than those of the scene, as a merged pull request would."""
    ran = scene.register("--branch", "--version", version, *words, name=name, artifact=artifact)
    assert ran.code == 0, ran.err
    scene.merge(f"register/{name}-{version}")
    scene.push()
