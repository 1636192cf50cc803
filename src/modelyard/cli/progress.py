"""A progress bar on a terminal; nothing in a pipe, and nothing in CI."""

from __future__ import annotations

import os
import sys
import time

from modelyard.cli.amounts import amount

__all__ = ["ProgressBar", "progress_line"]

_EVERY = 0.1
_QUIET_FOR = 0.5


class ProgressBar:
    """Shows how much was written and how fast, once that takes longer than half a second."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._bytes = 0
        self._total: int | None = None
        self._files = (0, 0)
        self._start = self._shown = time.monotonic()
        self._active = sys.stderr.isatty() and not os.environ.get("CI")
        self._drawn = False

    def expect(self, total: int, *, files: int = 0) -> None:
        """Show from now on how much of that many bytes there is, and of so many files."""
        self._total = total
        self._files = (0, files)

    def arrived(self, count: int) -> None:
        """Count whole files."""
        here, files = self._files
        self._files = (here + count, files)

    def advance(self, count: int) -> None:
        """Count bytes and redraw the bar now and then."""
        self._bytes += count
        now = time.monotonic()
        if self._active and now - self._start > _QUIET_FOR and now - self._shown > _EVERY:
            self._shown = now
            self._drawn = True
            rate = self._bytes / (now - self._start)
            line = progress_line(self._verb, self._bytes, total=self._total, rate=rate, files=self._files)
            sys.stderr.write(f"\r\x1b[2K{line}")
            sys.stderr.flush()

    def done(self) -> None:
        """Wipe the bar: what comes next has the line for itself."""
        if self._drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._drawn = False


def progress_line(verb: str, count: int, *, total: int | None, rate: float, files: tuple[int, int] = (0, 0)) -> str:
    """Return the bar's text: bytes so far, of how many where that is known, bytes a second, and the time left.

    What was fetched twice counts twice, so there can be more bytes than were expected: never more than 100 %.

    :param files: how many are whole, of how many; told where there is more than one.
    """
    if not total:
        return f"{verb}: {amount(count)}, {amount(rate)}/s"
    so_far = min(count, total)
    here, all_files = files
    counted = f"{min(here, all_files)} of {all_files} files, " if all_files > 1 else ""
    left = f", {_span((total - so_far) / rate)} left" if rate and so_far < total else ""
    percent = 100 * so_far // total
    return f"{verb}: {counted}{amount(so_far)} of {amount(total)} ({percent} %), {amount(rate)}/s{left}"


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
