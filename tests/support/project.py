"""The project as Git tracks it, for the tests of its own files."""

from __future__ import annotations

import subprocess
from pathlib import Path

__all__ = ["ROOT", "tracked_files"]

ROOT = Path(__file__).parents[2]


def tracked_files(*under: str) -> list[str]:
    """Return the tracked files below the given paths, all without any; those that a work tree lacks are left out."""
    listing = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--", *under], capture_output=True, check=True)
    return [path for path in listing.stdout.decode().split("\0") if path and (ROOT / path).is_file()]
