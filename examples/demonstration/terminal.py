"""The terminal that the demo tells its story on: chapters, commands, and what they print."""

from __future__ import annotations

import os
import shlex
import sys
import textwrap
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Terminal"]

_WIDTH = 100


class Terminal:
    """Prints in colour on a terminal (NO_COLOR and FORCE_COLOR are honoured), and plainly in a pipe."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        forced = bool(os.environ.get("FORCE_COLOR"))
        wanted = forced or (stream.isatty() and os.environ.get("TERM") != "dumb")
        self.coloured = wanted and not os.environ.get("NO_COLOR")
        self._chapters = 0

    def chapter(self, title: str, sentence: str) -> None:
        """Begin a chapter, with one sentence on what happens in it."""
        self._chapters += 1
        self.heading(f"{self._chapters}. {title}")
        self.tell(sentence)
        self._print()

    def heading(self, title: str) -> None:
        """Print a title, below an empty line."""
        self._print()
        self._print(self._marked(title, "1;36"))

    def tell(self, sentence: str) -> None:
        """Say something in whole sentences."""
        self._print(textwrap.fill(sentence, _WIDTH, initial_indent="   ", subsequent_indent="   "))

    def rest(self) -> None:
        """Leave a line empty."""
        self._print()

    def command(self, where: str, words: Sequence[str]) -> None:
        """Print a command as one would type it, after the name of the directory that it runs in."""
        first, *more = _broken(words)
        self._print(f"   {self._marked(f'{where}$', '2')} {self._marked(first, '1')}")
        for line in more:
            self._print(f"       {self._marked(line, '1')}")

    def output(self, text: str, *, keep: tuple[str, ...] | None = None) -> None:
        """Print what a command printed, indented.

        :param keep: only lines that hold one of these matter here; None keeps all. What was left out
            is marked by one ellipsis.
        """
        lines = [line for line in text.splitlines() if line.strip()]
        kept = lines if keep is None else [line for line in lines if any(part in line for part in keep)]
        for line in kept:
            self._print(f"     {line}")
        if len(kept) < len(lines):
            self._print(self._marked("     …", "2"))

    def file(self, text: str) -> None:
        """Print the text of a file, or a part of it."""
        for line in text.splitlines():
            self._print(self._marked(f"     | {line}".rstrip(), "2"))

    def good(self, text: str) -> None:
        """Print what went well."""
        self._print(f"   {self._marked('✓', '32')} {text}")

    def bad(self, text: str) -> None:
        """Print what went wrong."""
        self._print(f"   {self._marked('✗', '31')} {text}")

    def _marked(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.coloured else text

    def _print(self, line: str = "") -> None:
        # A terminal that knows no Unicode still gets the story.
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        self._stream.flush()


def _broken(words: Sequence[str]) -> list[str]:
    """Return the lines of a command, broken before options where it is too long for one."""
    lines: list[str] = []
    for word in words:
        quoted = shlex.quote(word)
        if not lines or (word.startswith("--") and len(lines[-1]) + len(quoted) > _WIDTH - 40):
            lines.append(quoted)
        else:
            lines[-1] += f" {quoted}"
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]]
