"""Where our cache is."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_directory"]


def cache_directory() -> Path:
    """Return our cache folder: ``$MODELYARD_CACHE``, else ``modelyard`` in the XDG cache folder."""
    named = os.environ.get("MODELYARD_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelyard"
