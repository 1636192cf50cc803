"""The libraries that seal, as a test uses them to look inside or to make what should not be."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

__all__ = ["pyrage", "zstd"]

pyrage: Any = import_module("pyrage")
zstd: Any = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
