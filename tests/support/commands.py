"""The installed command, as a process of its own: what it prints, and what it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Ended", "counted_git", "run_command"]

_COUNTING = """\
#!/bin/sh
echo "$*" >> '{log}'
exec '{git}' "$@"
"""


@dataclass(frozen=True)
class Ended:
    """What a process ended with and what it printed."""

    code: int
    out: str
    err: str


def run_command(*words: str | Path, directory: Path, **variables: str) -> Ended:
    """Run ``python -m modelyard`` with these words in a directory."""
    ran = subprocess.run(
        [sys.executable, "-m", "modelyard", *words],
        cwd=directory,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Ended(ran.returncode, ran.stdout, ran.stderr)


def counted_git(directory: Path, git: Path) -> tuple[Path, str]:
    """Return a log with a line for each git that is started, and the PATH that makes it so."""
    log, wrapper = directory / "git.log", directory / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(_COUNTING.format(log=log, git=git))
    wrapper.chmod(0o755)
    log.touch()
    return log, os.pathsep.join([str(wrapper.parent), os.environ["PATH"]])
