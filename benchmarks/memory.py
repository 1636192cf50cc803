"""The memory of a command and all its children at its peak."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

__all__ = ["peak"]

_PAUSE = 0.01


def peak(words: list[str], *, cwd: Path, env: Mapping[str, str]) -> int:
    """Run a command that must succeed, and return the most bytes that it and its children held at one time.

    Pages that processes share are counted once (their proportional set size), every hundredth of a second.
    """
    most = 0
    with subprocess.Popen(words, cwd=cwd, env=dict(env), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, sum(map(_held, _family(process.pid))))
            time.sleep(_PAUSE)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words[:8])
    return most


def _family(process: int) -> list[int]:
    """Return a process and all its descendants, as far as they are still there."""
    found = [process]
    for each in found:
        try:
            tasks = list(Path(f"/proc/{each}/task").iterdir())
            found += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _held(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
