"""A progress bar on a terminal; nothing in a pipe."""

from __future__ import annotations

import sys
import time

from modelyard.cli.amounts import amount

__all__ = ["ProgressBar", "progress_line"]

_EVERY = 0.1
_QUIET_FOR = 0.5


class ProgressBar:
    """Shows how many bytes were written and how fast, once that takes longer than half a second."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._bytes = 0
        self._total: int | None = None
        self._start = self._shown = time.monotonic()
        self._active = sys.stderr.isatty()
        self._drawn = False

    def expect(self, total: int) -> None:
        """Show from now on how much of that many bytes there is."""
        self._total = total

    def advance(self, count: int) -> None:
        """Count bytes and redraw the bar now and then."""
        self._bytes += count
        now = time.monotonic()
        if self._active and now - self._start > _QUIET_FOR and now - self._shown > _EVERY:
            self._shown = now
            self._drawn = True
            line = progress_line(self._verb, self._bytes, total=self._total, rate=self._bytes / (now - self._start))
            sys.stderr.write(f"\r\x1b[2K{line}")
            sys.stderr.flush()

    def done(self) -> None:
        """Wipe the bar: what comes next has the line for itself."""
        if self._drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._drawn = False


def progress_line(verb: str, count: int, *, total: int | None, rate: float) -> str:
    """Return the bar's text: bytes so far, of how many where that is known, and bytes a second.

    What was fetched twice counts twice, so there can be more bytes than were expected: never more than 100 %.
    """
    if not total:
        return f"{verb}: {amount(count)}, {amount(rate)}/s"
    so_far = min(count, total)
    return f"{verb}: {amount(so_far)} of {amount(total)} ({100 * so_far // total} %), {amount(rate)}/s"
