"""Folders as the index keeps them: which tree Git found there in a commit. No code of ours has a say in that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.index.file import MOST_TEXT, IndexFile, checksum

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

__all__ = ["MOST_FOLDERS", "KeptFolders"]

MOST_FOLDERS = 64
_NO_TREE = "-"


class KeptFolders(IndexFile):
    """Ids of folders, commit by commit."""

    def folder(self, path: str) -> dict[str, str | None]:
        """Return the id of a folder in each commit that it is kept of, None in one that has no such folder."""

        def look_up(connection: sqlite3.Connection) -> dict[str, str | None]:
            row = connection.execute("SELECT text, sum FROM folder WHERE path = ?", (path,)).fetchone()
            return _trees(row[0]) if row and row[1] == checksum(path, row[0]) else {}

        return self.look_up(look_up, {})

    def keep_folder(self, path: str, trees: Mapping[str, str | None]) -> None:
        """Keep the ids of a folder by commit, in the place of those kept before; of too many folders, all others go."""
        text = _text(trees)

        def keep(connection: sqlite3.Connection) -> None:
            (count,) = connection.execute("SELECT count(*) FROM folder WHERE path <> ?", (path,)).fetchone()
            if count >= MOST_FOLDERS:
                connection.execute("DELETE FROM folder")
            connection.execute("INSERT OR REPLACE INTO folder VALUES (?, ?, ?)", (path, text, checksum(path, text)))

        if len(text) <= MOST_TEXT:
            self.keep(keep)


def _text(trees: Mapping[str, str | None]) -> str:
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
