"""The index: verdicts, events and what Git said of folders, kept beside ``.git`` so that they are not found twice.

It is a cache and nothing else. Without it, with a broken one, and where it cannot be read or written,
every verdict is the same and only takes longer; nobody is told, and anybody may delete it at any time.

It keeps what is a function of its key: a version's tree id, the name of its directory, the policy, and
the very code of the rules (:mod:`modelyard.fingerprints`). What depends on more is not kept: bytes at hand can
change under any tree, and a change is judged once. Of rules that look at times only silence is kept,
with its moment, since time only heals. What happened to a registry is kept for one line of first parents,
under the id of the commit that it ends at, which no other history has. Of a folder it keeps which tree Git found
there in a commit: no code of ours has a say in that, and no other content has the commit's id.

A pull request cannot poison it. It lies in the directory of the repository itself, which no commit and
no push writes to, and a tree id cannot be claimed by other content. Who can write there can replace
``HEAD`` and hooks as well. A row that was damaged by accident fails its checksum and is not believed.
"""

from __future__ import annotations

import json
from contextlib import closing, suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from zlib import crc32

from modelyard.problems import Problem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

T = TypeVar("T")

__all__ = [
    "FILE",
    "MOST_FOLDERS",
    "MOST_VERSIONS",
    "MOST_WHOLE",
    "SCHEMA",
    "Index",
    "Key",
    "Line",
    "Verdict",
]

FILE = "modelyard/index.sqlite"
"""Where it lies below the directory that all work trees of a repository share."""

SCHEMA = 3
MOST_VERSIONS = 400_000
MOST_WHOLE = 64
MOST_FOLDERS = 64
# Somebody else is writing: what they hold up is worth less than waiting for it.
_PATIENCE = 0.2

_TABLES = {
    "version": "context TEXT, directory TEXT, tree TEXT, alone INTEGER, quiet TEXT, problems TEXT, sum INTEGER, "
    "PRIMARY KEY (context, directory, tree)",
    "whole": "key TEXT PRIMARY KEY, problems TEXT, sum INTEGER",
    "line": "name TEXT PRIMARY KEY, text TEXT, sum INTEGER",
    "folder": "path TEXT PRIMARY KEY, text TEXT, sum INTEGER",
    "tip": "one INTEGER PRIMARY KEY, context TEXT, tip TEXT, sum INTEGER",
}
# More than a registry of a hundred thousand versions has to tell.
_MOST_TEXT = 1 << 27
_NO_TREE = "-"


class Key(NamedTuple):
    """One version as one tree holds it: the name of its directory, and Git's id of what lies in it."""

    directory: str
    tree: str


class Verdict(NamedTuple):
    """What the rules found in one version, as far as it depends on nothing but its key.

    :param alone: whether nothing of the registry around it was asked about.
    :param quiet: the moment (ISO 8601, UTC) since when rules that look at times find nothing; "" where unknown.
    :param problems: in no order.
    """

    alone: bool
    quiet: str
    problems: tuple[Problem, ...]


class Line(NamedTuple):
    """What happened on a line of first parents.

    :param tip: the full id of the commit that it ends at.
    :param texts: events by the name of their model, as :mod:`modelyard.history.rows` writes them.
    """

    tip: str
    texts: dict[str, str]


class Index:
    """One file, and what is kept in it. No method raises because of the file: what cannot be known is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def versions(self, context: str) -> dict[Key, Verdict]:
        """Return every verdict that is kept under a context; see :func:`modelyard.fingerprints.context_of`."""

        def look_up(connection: sqlite3.Connection) -> dict[Key, Verdict]:
            query = "SELECT directory, tree, alone, quiet, problems, sum FROM version WHERE context = ?"
            found = {}
            for directory, tree, alone, quiet, problems, total in connection.execute(query, (context,)):
                if total == _sum(context, directory, tree, alone, quiet, problems):
                    found[Key(directory, tree)] = Verdict(bool(alone), quiet, _problems(problems))
            return found

        return self._quietly(look_up, {}, writing=False)

    def keep_versions(self, context: str, verdicts: Mapping[Key, Verdict]) -> None:
        """Keep verdicts under a context; where the file would grow too large, all others go."""
        rows = [_version_row(context, key, verdict) for key, verdict in verdicts.items()]

        def keep(connection: sqlite3.Connection) -> None:
            (count,) = connection.execute("SELECT count(*) FROM version").fetchone()
            if count + len(rows) > MOST_VERSIONS:
                connection.execute("DELETE FROM version")
            connection.executemany("INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?, ?, ?, ?)", rows[:MOST_VERSIONS])

        self._quietly(keep, None, writing=True)

    def whole(self, key: str) -> tuple[Problem, ...] | None:
        """Return what was found in a whole commit, None where that is not known."""

        def look_up(connection: sqlite3.Connection) -> tuple[Problem, ...] | None:
            row = connection.execute("SELECT problems, sum FROM whole WHERE key = ?", (key,)).fetchone()
            return _problems(row[0]) if row and row[1] == _sum(key, row[0]) else None

        return self._quietly(look_up, None, writing=False)

    def keep_whole(self, key: str, problems: Iterable[Problem]) -> None:
        """Keep what was found in a whole commit; where there are too many, all others go."""
        text = _text(problems)

        def keep(connection: sqlite3.Connection) -> None:
            (count,) = connection.execute("SELECT count(*) FROM whole").fetchone()
            if count >= MOST_WHOLE:
                connection.execute("DELETE FROM whole")
            connection.execute("INSERT OR REPLACE INTO whole VALUES (?, ?, ?)", (key, text, _sum(key, text)))

        self._quietly(keep, None, writing=True)

    def line(self, context: str, name: str | None = None) -> Line | None:
        """Return the line that is kept under a context; None where none is.

        :param context: see :func:`modelyard.fingerprints.events_fingerprint`.
        :param name: the one model whose events are wanted.
        """

        def look_up(connection: sqlite3.Connection) -> Line | None:
            # One transaction: what another process writes meanwhile is in all of it, or in nothing.
            connection.execute("BEGIN")
            row = connection.execute("SELECT tip, sum FROM tip WHERE context = ?", (context,)).fetchone()
            if not row or row[1] != _sum(context, row[0]):
                return None
            if name is None:
                rows = connection.execute("SELECT name, text, sum FROM line").fetchall()
            else:
                rows = connection.execute("SELECT name, text, sum FROM line WHERE name = ?", (name,)).fetchall()
            if any(total != _sum(each, text) for each, text, total in rows):
                return None
            return Line(row[0], {each: text for each, text, _ in rows})

        return self._quietly(look_up, None, writing=False)

    def keep_line(self, context: str, line: Line, *, after: str | None = None) -> None:
        """Keep a line in the place of any other, or what was added to the one that is kept.

        :param after: the tip of the kept line whose later events these are; where it has moved on meanwhile,
            nothing is kept.
        """
        rows = [(name, text, _sum(name, text)) for name, text in line.texts.items()]

        def keep(connection: sqlite3.Connection) -> None:
            if not connection.in_transaction:
                connection.execute("BEGIN IMMEDIATE")
            if after is None:
                connection.execute("DELETE FROM line")
            elif connection.execute("SELECT context, tip FROM tip").fetchone() != (context, after):
                return
            connection.executemany("INSERT OR REPLACE INTO line VALUES (?, ?, ?)", rows)
            tip = (context, line.tip, _sum(context, line.tip))
            connection.execute("INSERT OR REPLACE INTO tip VALUES (1, ?, ?, ?)", tip)

        if sum(len(text) for text in line.texts.values()) <= _MOST_TEXT:
            self._quietly(keep, None, writing=True)

    def folder(self, path: str) -> dict[str, str | None]:
        """Return the id of a folder in each commit that it is kept of, None in one that has no such folder."""

        def look_up(connection: sqlite3.Connection) -> dict[str, str | None]:
            row = connection.execute("SELECT text, sum FROM folder WHERE path = ?", (path,)).fetchone()
            return _trees(row[0]) if row and row[1] == _sum(path, row[0]) else {}

        return self._quietly(look_up, {}, writing=False)

    def keep_folder(self, path: str, trees: Mapping[str, str | None]) -> None:
        """Keep the ids of a folder by commit, in the place of those kept before; of too many folders, all others go."""
        text = _trees_text(trees)

        def keep(connection: sqlite3.Connection) -> None:
            (count,) = connection.execute("SELECT count(*) FROM folder WHERE path <> ?", (path,)).fetchone()
            if count >= MOST_FOLDERS:
                connection.execute("DELETE FROM folder")
            connection.execute("INSERT OR REPLACE INTO folder VALUES (?, ?, ?)", (path, text, _sum(path, text)))

        if len(text) <= _MOST_TEXT:
            self._quietly(keep, None, writing=True)

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


def _version_row(context: str, key: Key, verdict: Verdict) -> tuple[object, ...]:
    values = (context, key.directory, key.tree, int(verdict.alone), verdict.quiet, _text(verdict.problems))
    return (*values, _sum(*values))


def _sum(*values: object) -> int:
    return crc32("\0".join(map(str, values)).encode("utf-8", "surrogatepass"))


def _text(problems: Iterable[Problem]) -> str:
    rows = [problem.row for problem in problems]
    # Names that are not UTF-8 hold lone surrogates, which only escapes can carry.
    return json.dumps(rows) if rows else ""


def _problems(text: str) -> tuple[Problem, ...]:
    return tuple(Problem.from_row(tuple(row)) for row in json.loads(text)) if text else ()


def _trees_text(trees: Mapping[str, str | None]) -> str:
    # From one commit to the next a folder seldom changes, so commits stand behind the tree that they share.
    commits: dict[str, list[str]] = {}
    for commit, tree in trees.items():
        commits.setdefault(tree or _NO_TREE, []).append(commit)
    return "\n".join(" ".join((tree, *each)) for tree, each in commits.items())


def _trees(text: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for line in text.split("\n"):
        tree, *commits = line.split(" ")
        found.update(dict.fromkeys(commits, None if tree == _NO_TREE else tree))
    return found
