"""Events as the index keeps them: those of one line of first parents, under the id of the commit that it ends at.

No other history has that id, so what is kept is stale or foreign nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelyard.index.file import MOST_TEXT, IndexFile, checksum

if TYPE_CHECKING:
    import sqlite3

__all__ = ["KeptLine", "Line"]


class Line(NamedTuple):
    """What happened on a line of first parents.

    :param tip: the full id of the commit that it ends at.
    :param texts: events by the name of their model, as :mod:`modelyard.history.rows` writes them.
    """

    tip: str
    texts: dict[str, str]


class KeptLine(IndexFile):
    """The events of one line, by model."""

    def line(self, context: str, name: str | None = None) -> Line | None:
        """Return the line that is kept under a context; None where none is.

        :param context: see :func:`modelyard.fingerprints.events_fingerprint`.
        :param name: the one model whose events are wanted.
        """

        def look_up(connection: sqlite3.Connection) -> Line | None:
            # One transaction: what another process writes meanwhile is in all of it, or in nothing.
            connection.execute("BEGIN")
            row = connection.execute("SELECT tip, sum FROM tip WHERE context = ?", (context,)).fetchone()
            if not row or row[1] != checksum(context, row[0]):
                return None
            if name is None:
                rows = connection.execute("SELECT name, text, sum FROM line").fetchall()
            else:
                rows = connection.execute("SELECT name, text, sum FROM line WHERE name = ?", (name,)).fetchall()
            if any(total != checksum(each, text) for each, text, total in rows):
                return None
            return Line(row[0], {each: text for each, text, _ in rows})

        return self.look_up(look_up, None)

    def keep_line(self, context: str, line: Line, *, after: str | None = None) -> None:
        """Keep a line in the place of any other, or what was added to the one that is kept.

        :param after: the tip of the kept line whose later events these are; where it has moved on meanwhile,
            nothing is kept.
        """
        rows = [(name, text, checksum(name, text)) for name, text in line.texts.items()]

        def keep(connection: sqlite3.Connection) -> None:
            if not connection.in_transaction:
                connection.execute("BEGIN IMMEDIATE")
            if after is None:
                connection.execute("DELETE FROM line")
            elif connection.execute("SELECT context, tip FROM tip").fetchone() != (context, after):
                return
            connection.executemany("INSERT OR REPLACE INTO line VALUES (?, ?, ?)", rows)
            tip = (context, line.tip, checksum(context, line.tip))
            connection.execute("INSERT OR REPLACE INTO tip VALUES (1, ?, ?, ?)", tip)

        if sum(len(text) for text in line.texts.values()) <= MOST_TEXT:
            self.keep(keep)
