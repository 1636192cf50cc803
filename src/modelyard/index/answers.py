"""Answers as the index keeps them: what was printed of a history, under the commit that the history ends at.

Each is a file of its own. What is read and written in one piece needs no database, and to import SQLite would take
longer than to read the answer.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ANSWERS", "LONGEST_ANSWER", "MOST_ANSWERS", "KeptAnswers"]

ANSWERS = "modelyard/answers"
"""The directory of answers, below that which all work trees of a repository share."""

MOST_ANSWERS = 16
LONGEST_ANSWER = 1 << 24
_SUM = b"%08x\n"


class KeptAnswers:
    """A directory of answers. No method raises because of it: what cannot be known is not there.

    A file says which question it answers, about which commit, and has a checksum of all of that.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def answer(self, tip: str, question: str) -> bytes | None:
        """Return what was answered about a commit, None where that is not known.

        :param tip: the full id of the commit.
        :param question: all that the answer depends on besides, the code included; it has no line break.
        """
        key = _key(tip, question)
        try:
            # What is read in pieces is not copied in order to be taken apart.
            with (self._directory / _name(question)).open("rb", buffering=0) as file:
                if file.read(len(key)) != key:
                    return None
                total, found = file.read(len(_SUM % 0)), file.readall()
        except OSError:
            return None
        return found if total == _SUM % crc32(found, crc32(key)) else None

    def keep_answer(self, tip: str, question: str, found: bytes) -> None:
        """Keep an answer in the place of that to the same question about another commit.

        Where there are too many questions, all others go. An answer that is very long is not kept.
        """
        if len(found) > LONGEST_ANSWER:
            return
        key = _key(tip, question)
        place = self._directory / _name(question)
        # Who reads meanwhile finds the old file or the new one, whole.
        part = place.with_name(f"{place.name}.{os.getpid()}")
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            self._make_room()
            part.write_bytes(b"".join((key, _SUM % crc32(found, crc32(key)), found)))
            part.replace(place)

    def _make_room(self) -> None:
        found = list(self._directory.iterdir())
        if len(found) >= MOST_ANSWERS:
            for path in found:
                path.unlink(missing_ok=True)


def _key(tip: str, question: str) -> bytes:
    return f"{tip} {question}\n".encode("utf-8", "surrogatepass")


def _name(question: str) -> str:
    return f"{crc32(question.encode('utf-8', 'surrogatepass')):08x}"
