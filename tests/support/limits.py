"""Programs with little time and little memory, for inputs that want to have both."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["run_within_limits", "validate_within_limits"]

SECONDS = 2
MEGABYTES = 256
# Set by the process itself before anything else is imported, so that all of the command is inside them.
_LIMITS = f"""\
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
resource.setrlimit(resource.RLIMIT_AS, ({MEGABYTES << 20}, {MEGABYTES << 20}))
"""
_VALIDATE = """\
from modelyard.cli import main
sys.exit(main(["validate", *sys.argv[1:]]))
"""


def validate_within_limits(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``modelyard validate`` with two seconds of processor time and 256 MB of address space.

    The kernel ends what takes more: the exit code is then that of a signal, or of a MemoryError.
    """
    return run_within_limits(directory, _VALIDATE, *arguments)


def run_within_limits(directory: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program in Python within the same limits."""
    return subprocess.run(
        [sys.executable, "-c", _LIMITS + program, *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
