"""Commands that a test runs beside Python: Git, strace, rclone, Node."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

__all__ = ["in_ci", "requires_tool", "unavailable"]


def in_ci() -> bool:
    """Whether nothing may be skipped."""
    return os.environ.get("CI") == "true"


def requires_tool(name: str) -> Path:
    """Return where the command is; without it the test is skipped by name on a desk, and fails in CI."""
    found = shutil.which(name)
    if found is None:
        unavailable(f"{name} is not installed")
    return Path(found)


def unavailable(what: str) -> NoReturn:
    """End the test: skipped on a desk, failed in CI, with the reason as it is given."""
    if in_ci():
        pytest.fail(what, pytrace=False)
    pytest.skip(what)
