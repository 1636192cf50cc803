"""The world of the demo: three people, their directories, and two bare repositories between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demonstration.desk import desk

if TYPE_CHECKING:
    from pathlib import Path

    from demonstration.desk import Desk
    from demonstration.terminal import Terminal

__all__ = ["World", "make_world"]


@dataclass(frozen=True)
class World:
    """Who takes part, and where. Directories are those that people work in.

    :param engineer: trains models, and registers them from her clone of the registry.
    :param reviewer: judges and merges, in his own clone.
    :param application: uses whatever is in production.
    """

    root: Path
    engineer: Desk
    reviewer: Desk
    application: Desk
    terminal: Terminal

    @property
    def models(self) -> Desk:
        """The engineer, in her clone of the registry."""
        return self.engineer.at(self.root / "models")

    @property
    def training(self) -> Desk:
        """The engineer, in her clone of the training repository."""
        return self.engineer.at(self.root / "training")

    @property
    def main(self) -> str:
        """The commit that everybody's main branch is at."""
        return self.engineer.run("git", "-C", str(self.root / "origin.git"), "rev-parse", "main").strip()


def make_world(root: Path, terminal: Terminal) -> World:
    """Make the people's homes and directories below an empty one, and the bare repositories."""
    for name in ("review", "app"):
        (root / name).mkdir()
    world = World(
        root,
        desk("Ada", root, root=root, terminal=terminal),
        desk("Rui", root / "review", root=root, terminal=terminal),
        desk("App", root / "app", root=root, terminal=terminal),
        terminal,
    )
    for name in ("origin.git", "training.git"):
        world.engineer.run("git", "init", "--quiet", "--bare", name)
    return world
