"""Real DVC, in repositories of a test's own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.repositories import new_repository

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DvcRepository", "new_dvc_repository"]


@dataclass(frozen=True)
class DvcRepository:
    """A Git repository that DVC was initialised in."""

    path: Path

    @property
    def cache(self) -> Path:
        return self.path / ".dvc" / "cache"

    def dvc(self, *arguments: str) -> str:
        """Return what dvc prints; any failure fails the test."""
        run = self.try_dvc(*arguments)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def try_dvc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run dvc, whatever comes of it."""
        command = [sys.executable, "-m", "dvc", *arguments]
        return subprocess.run(command, cwd=self.path, capture_output=True, text=True, check=False, timeout=300)


def new_dvc_repository(path: Path, *, config: str = "") -> DvcRepository:
    """Make a repository whose ``.dvc/config`` holds the given text, as ``dvc init`` would leave it."""
    new_repository(path)
    (path / ".dvc").mkdir()
    (path / ".dvc" / "config").write_text(config, encoding="utf-8")
    (path / ".dvc" / ".gitignore").write_text("/config.local\n/tmp\n/cache\n", encoding="utf-8")
    return DvcRepository(path)
