"""Files of DVC's that say where the bytes of a registry lie, by their paths from the repository's root."""

from __future__ import annotations

__all__ = ["DVC_CONFIG", "DVC_LOCAL_CONFIG"]

DVC_CONFIG = ".dvc/config"
DVC_LOCAL_CONFIG = ".dvc/config.local"
