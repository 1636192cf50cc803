"""Writers of an index, as functions that another process can import."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from modelyard.index.events import KeptLine
from modelyard.index.folders import KeptFolders
from modelyard.index.verdicts import KeptVerdicts, Key, Verdict
from modelyard.problems import Position, Problem, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from support.strikes import Announcing

__all__ = ["KEY", "PROBLEMS", "VERDICT", "Index", "keep_many", "write_until_killed"]

KEY = Key("fraud-1.0.0", "1" * 40)
PROBLEMS = (
    Problem("MY207", Severity.ERROR, "model_registry/fraud-1.0.0/\udcff", Position(3, 7), "`a` is wrong", "write 1"),
    Problem("MY101", Severity.WARNING, "model_registry/x", None, "no part", "move it"),
)
VERDICT = Verdict(alone=True, quiet="2026-01-01T00:00:00.000000+00:00", problems=PROBLEMS)


class Index(KeptVerdicts, KeptLine, KeptFolders):
    """All that is kept in one file."""


def write_until_killed(path: Path, *, progress: Announcing) -> None:
    """Stop in the middle of a transaction that has written changed pages into the file."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM version")
    for number in range(2000):
        connection.execute("INSERT INTO whole VALUES (?, ?, 0)", (f"torn {number}", "x" * 500))
    progress.advance(1)


def keep_many(path: Path) -> None:
    """Keep the same verdict again and again, and read what is there meanwhile."""
    for number in range(20):
        Index(path).keep_versions("c", {KEY: VERDICT})
        Index(path).keep_whole(f"k{number}", PROBLEMS)
        assert Index(path).versions("c") in ({}, {KEY: VERDICT})
