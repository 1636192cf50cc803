"""Applications beside a registry, which take their models from its origin."""

from __future__ import annotations

from pathlib import Path

from support.registry import Scene

__all__ = ["FRAUD", "address_of", "new_application", "serve_storage", "write_list"]

FRAUD = {"fraud": '"production"'}


def serve_storage(scene: Scene, url: str | None = None) -> None:
    """Let the registry name its storage by an address that means the same to a consumer: by default its path."""
    config = scene.registry.path / ".dvc/config"
    config.write_text(config.read_text().replace("url = ../../models-storage", f"url = {url or scene.storage}"))
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
