"""A command that is killed at one of its calls of the kernel."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from support.registry import Scene
from support.tools import requires_tool

__all__ = ["killed"]


def killed(scene: Scene, call: str, number: int, *words: str | Path) -> bool:
    """Run a command that dies at the given one of its calls, and return whether it did.

    It dies before the kernel does anything for that call. Each name of a call is counted by itself.
    """
    strace = requires_tool("strace")
    inject = f"inject={call}:signal=KILL:when={number}"
    command = [str(strace), "-qq", "-o", str(scene.path / "trace"), "-e", f"trace={call}", "-e", inject]
    ran = subprocess.run(
        [*command, sys.executable, "-m", "modelyard", *map(str, words)],
        cwd=scene.registry.path,
        capture_output=True,
        check=False,
    )
    return ran.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
