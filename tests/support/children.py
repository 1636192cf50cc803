"""Servers that are processes of their own: watched while they start, read while they run, and ended."""

from __future__ import annotations

import collections
import re
import subprocess
from contextlib import contextmanager
from threading import Thread, Timer
from typing import TYPE_CHECKING

from support.torture import TORTURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["announced", "child", "drained"]

# A torture strikes one server for many minutes.
_LIMIT_SECONDS = 7200 if TORTURE else 300


@contextmanager
def child(
    words: Sequence[str | Path], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run a process until the block ends; what it says of errors can be read."""
    process = subprocess.Popen(
        words,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env=None if environment is None else dict(environment),
        text=True,
    )
    # A server that hangs is killed, so that whoever waits for it fails instead of waiting for ever.
    limit = Timer(_LIMIT_SECONDS, process.kill)
    limit.daemon = True
    limit.start()
    with process:
        try:
            yield process
        finally:
            limit.cancel()
            process.kill()


@contextmanager
def drained(process: subprocess.Popen[str]) -> Iterator[None]:
    """Read what a server says until it ends, at the end of the block: a full pipe would stop it."""
    reader = Thread(target=collections.deque, args=(process.stderr, 0))
    reader.start()
    try:
        yield
    finally:
        process.kill()
        reader.join()


def announced(process: subprocess.Popen[str], pattern: re.Pattern[str], *, name: str) -> str:
    """Return the address that a server says it listens at, the first group of a pattern."""
    seen = []
    for line in process.stderr or ():
        if found := pattern.search(line):
            return found[1]
        seen.append(line)
    raise AssertionError(f"{name} did not start: " + "".join(seen))
