"""The reports on attempts to change what was merged: made in a repository of their own, and kept beside the test."""

from __future__ import annotations

from pathlib import Path

from support.attempts import ATTEMPTS, STAGED
from support.cases import valid_files
from support.commands import run_command
from support.repositories import new_repository

__all__ = ["REPORTS", "report_of"]

REPORTS = Path(__file__).parents[1] / "security" / "attempts"


def report_of(name: str, directory: Path) -> str:
    """Return what ``modelyard validate`` ends with and says of an attempt, made in a new repository."""
    repository = new_repository(directory)
    merged = repository.commit(valid_files(), "Found")
    if name in STAGED:
        STAGED[name](repository)
        words = ["--staged"]
    else:
        words = ["--base", ATTEMPTS[name](repository) or merged]
    ended = run_command("validate", *words, directory=directory)
    return f"exit {ended.code}\n{ended.out}{ended.err}"
