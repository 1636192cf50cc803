"""Answers as the index keeps them: what was printed of a history, under the commit that the history ends at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.index.file import IndexFile, checksum

if TYPE_CHECKING:
    import sqlite3

__all__ = ["LONGEST_ANSWER", "MOST_ANSWERS", "KeptAnswers"]

MOST_ANSWERS = 16
LONGEST_ANSWER = 1 << 24


class KeptAnswers(IndexFile):
    """Answers to questions about one commit; those about any other are of no use any more, and go."""

    def answer(self, tip: str, question: str) -> str | None:
        """Return what was answered about a commit, None where that is not known.

        :param tip: the full id of the commit.
        :param question: all that the answer depends on besides, the code included.
        """

        def look_up(connection: sqlite3.Connection) -> str | None:
            query = "SELECT text, sum FROM answer WHERE question = ? AND tip = ?"
            row = connection.execute(query, (question, tip)).fetchone()
            return str(row[0]) if row and row[1] == checksum(question, tip, row[0]) else None

        return self.look_up(look_up, None)

    def keep_answer(self, tip: str, question: str, text: str) -> None:
        """Keep an answer; where there are too many, all others go. One that is very long is not kept."""

        def keep(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM answer WHERE tip <> ?", (tip,))
            (count,) = connection.execute("SELECT count(*) FROM answer").fetchone()
            if count >= MOST_ANSWERS:
                connection.execute("DELETE FROM answer")
            row = (question, tip, text, checksum(question, tip, text))
            connection.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", row)

        if len(text) <= LONGEST_ANSWER:
            self.keep(keep)
