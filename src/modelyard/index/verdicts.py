"""Verdicts as the index keeps them.

It keeps what is a function of its key: a version's tree id, the name of its directory, the policy, and
the very code of the rules (:mod:`modelyard.fingerprints`). What depends on more is not kept: bytes at hand can
change under any tree, and a change is judged once. Of rules that look at times only silence is kept,
with its moment, since time only heals.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from modelyard.index.file import IndexFile, checksum
from modelyard.problems import Problem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

__all__ = ["MOST_VERSIONS", "MOST_WHOLE", "KeptVerdicts", "Key", "Verdict"]

MOST_VERSIONS = 400_000
MOST_WHOLE = 64


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


class KeptVerdicts(IndexFile):
    """Verdicts on versions, and on whole commits."""

    def versions(self, context: str) -> dict[Key, Verdict]:
        """Return every verdict that is kept under a context; see :func:`modelyard.fingerprints.context_of`."""

        def look_up(connection: sqlite3.Connection) -> dict[Key, Verdict]:
            query = "SELECT directory, tree, alone, quiet, problems, sum FROM version WHERE context = ?"
            found = {}
            for directory, tree, alone, quiet, problems, total in connection.execute(query, (context,)):
                if total == checksum(context, directory, tree, alone, quiet, problems):
                    found[Key(directory, tree)] = Verdict(bool(alone), quiet, _problems(problems))
            return found

        return self.look_up(look_up, {})

    def keep_versions(self, context: str, verdicts: Mapping[Key, Verdict]) -> None:
        """Keep verdicts under a context; where the file would grow too large, all others go."""
        rows = [_version_row(context, key, verdict) for key, verdict in verdicts.items()]

        def keep(connection: sqlite3.Connection) -> None:
            (count,) = connection.execute("SELECT count(*) FROM version").fetchone()
            if count + len(rows) > MOST_VERSIONS:
                connection.execute("DELETE FROM version")
            connection.executemany("INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?, ?, ?, ?)", rows[:MOST_VERSIONS])

        self.keep(keep)

    def whole(self, key: str) -> tuple[Problem, ...] | None:
        """Return what was found in a whole commit, None where that is not known."""

        def look_up(connection: sqlite3.Connection) -> tuple[Problem, ...] | None:
            row = connection.execute("SELECT problems, sum FROM whole WHERE key = ?", (key,)).fetchone()
            return _problems(row[0]) if row and row[1] == checksum(key, row[0]) else None

        return self.look_up(look_up, None)

    def keep_whole(self, key: str, problems: Iterable[Problem]) -> None:
        """Keep what was found in a whole commit; where there are too many, all others go."""
        text = _text(problems)

        def keep(connection: sqlite3.Connection) -> None:
            (count,) = connection.execute("SELECT count(*) FROM whole").fetchone()
            if count >= MOST_WHOLE:
                connection.execute("DELETE FROM whole")
            connection.execute("INSERT OR REPLACE INTO whole VALUES (?, ?, ?)", (key, text, checksum(key, text)))

        self.keep(keep)


def _version_row(context: str, key: Key, verdict: Verdict) -> tuple[object, ...]:
    values = (context, key.directory, key.tree, int(verdict.alone), verdict.quiet, _text(verdict.problems))
    return (*values, checksum(*values))


def _text(problems: Iterable[Problem]) -> str:
    rows = [problem.row for problem in problems]
    # Names that are not UTF-8 hold lone surrogates, which only escapes can carry.
    return json.dumps(rows) if rows else ""


def _problems(text: str) -> tuple[Problem, ...]:
    return tuple(Problem.from_row(tuple(row)) for row in json.loads(text)) if text else ()
