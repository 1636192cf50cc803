"""Processes that meet at a barrier, so that a race is a race and not a matter of luck."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["race"]

SOURCE = Path(__file__).parents[2] / "src"
PRELUDE = f"""\
import sys
sys.path.insert(0, {str(SOURCE)!r})
def meet():
    print("ready", flush=True)
    sys.stdin.readline()
"""


def race(script: str, runners: Sequence[Sequence[str]]) -> list[str]:
    """Run a script once for each list of arguments, all at once, and return what each of them printed last.

    The script imports what it needs, calls ``meet()``, which returns when every runner has called
    it, does its work, and prints one line.
    """
    command = [sys.executable, "-c", PRELUDE + textwrap.dedent(script)]
    processes = [
        subprocess.Popen([*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE) for arguments in runners
    ]
    for process in processes:
        assert cast("IO[bytes]", process.stdout).readline() == b"ready\n"
    for process in processes:
        stdin = cast("IO[bytes]", process.stdin)
        stdin.write(b"go\n")
        stdin.flush()
    outputs = [process.communicate(timeout=60)[0].decode().strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return outputs
