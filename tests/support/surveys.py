"""Surveys as processes of their own, of a registry so small that it would be judged without index and helpers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from support.commands import Ended
from support.repositories import Repository, new_repository
from support.snapshots import changed_files

__all__ = ["INDEX", "new_registry", "survey", "survey_command", "was_killed"]

INDEX = Path(".git/modelyard/index.sqlite")

# Two versions are many here, so the index holds verdicts on them and helpers share them out.
_PROGRAM = """\
import sys
from modelyard.api import surveying
from modelyard.cli import main
surveying.MANY = surveying.BATCH = 1
surveying.cores = lambda: int(sys.argv[1])
{before}
sys.exit(main(["validate", "--head", "HEAD", "--no-artifacts", *sys.argv[2:]]))
"""


def new_registry(path: Path) -> Repository:
    """Return a registry of two versions with a problem of each kind: an error at a line, and one of a whole file."""
    repository = new_repository(path)
    repository.commit(changed_files({"fraud-1.0.0/notes.txt": "x", "fraud-1.1.0/MODEL_CARD.md": "# x\n"}))
    return repository


def survey_command(*words: str, processes: int = 1, before: str = "") -> list[str]:
    """Return the command that judges a commit with an index.

    :param before: Python that is run first.
    """
    return [sys.executable, "-c", _PROGRAM.format(before=before), str(processes), *words]


def survey(
    repository: Repository, *words: str, processes: int = 1, before: str = "", tracing: tuple[str, ...] = ()
) -> Ended:
    """Judge the commit in a process, as another command traces it."""
    ran = subprocess.run(
        [*tracing, *survey_command(*words, processes=processes, before=before)],
        cwd=repository.path,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Ended(ran.returncode, ran.stdout, ran.stderr)


def was_killed(code: int) -> bool:
    """Whether a process, or the one that a tracer ran, ended by SIGKILL."""
    return code in (-signal.SIGKILL, 128 + signal.SIGKILL)
