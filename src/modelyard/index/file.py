"""The file of the index: SQLite, opened for each question, and thrown away where it is broken."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

__all__ = ["FILE", "MOST_TEXT", "SCHEMA", "IndexFile", "checksum"]

FILE = "modelyard/index.sqlite"
"""Where it lies below the directory that all work trees of a repository share."""

SCHEMA = 3
MOST_TEXT = 1 << 27
"""So many characters are kept of one thing: more than a registry of a hundred thousand versions has to tell."""

# Somebody else is writing: what they hold up is worth less than waiting for it.
_PATIENCE = 0.2

_TABLES = {
    "version": "context TEXT, directory TEXT, tree TEXT, alone INTEGER, quiet TEXT, problems TEXT, sum INTEGER, "
    "PRIMARY KEY (context, directory, tree)",
    "whole": "key TEXT PRIMARY KEY, problems TEXT, sum INTEGER",
    "line": "name TEXT PRIMARY KEY, text TEXT, sum INTEGER",
    "tip": "one INTEGER PRIMARY KEY, context TEXT, tip TEXT, sum INTEGER",
    "folder": "path TEXT PRIMARY KEY, text TEXT, sum INTEGER",
}


class IndexFile:
    """One file, and what is kept in it. No method raises because of the file: what cannot be known is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def look_up(self, act: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Return what is found in the file, or something else where there is none that can be read."""
        return self._quietly(act, otherwise, writing=False)

    def keep(self, act: Callable[[sqlite3.Connection], None]) -> None:
        """Write into the file, as one transaction; where that cannot be done, nothing is written."""
        self._quietly(act, None, writing=True)

    def _quietly(self, act: Callable[[sqlite3.Connection], T], otherwise: T, *, writing: bool) -> T:
        import sqlite3

        try:
            if writing:
                self._path.parent.mkdir(exist_ok=True)
            elif not self._path.is_file():
                return otherwise
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as connection, connection:
                return act(connection) if _ready(connection, writing=writing) else otherwise
        except (sqlite3.OperationalError, OSError):
            # Locked, read-only, full, or gone.
            return otherwise
        except (sqlite3.Error, ValueError, TypeError):
            self._throw_away()
            return otherwise

    def _throw_away(self) -> None:
        # What is left of a transaction must not be played back into the file that comes next.
        for path in (self._path.with_name(f"{self._path.name}-journal"), self._path):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _ready(connection: sqlite3.Connection, *, writing: bool) -> bool:
    """Return whether the tables are ours; where we write, they are made, or made anew after an older release."""
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if schema == SCHEMA or not writing or schema > SCHEMA:
        return bool(schema == SCHEMA)
    # One transaction: whoever comes meanwhile sees no table, or both.
    connection.execute("BEGIN IMMEDIATE")
    for table, columns in _TABLES.items():
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(f"CREATE TABLE {table} ({columns}) WITHOUT ROWID")
    connection.execute(f"PRAGMA user_version = {SCHEMA}")
    return True


def checksum(*values: object) -> int:
    """Return a sum of a row's values that damage would not leave the same."""
    return crc32("\0".join(map(str, values)).encode("utf-8", "surrogatepass"))
