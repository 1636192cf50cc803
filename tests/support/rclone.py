"""A server that rclone runs: started, read until it listens, and ended."""

from __future__ import annotations

import collections
import re
import subprocess
from contextlib import contextmanager
from threading import Thread, Timer
from typing import TYPE_CHECKING

from support.tools import requires_tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["rclone_serving"]

_LIMIT_SECONDS = 300
_LISTENING = re.compile(r"(?:Starting s3 server|HTTP Server started) on \[(http://[^/\]]+)")


@contextmanager
def rclone_serving(what: str, *arguments: str | Path) -> Iterator[str]:
    """Run ``rclone serve`` at a port of the system's choice until the block ends, and give its address."""
    rclone = requires_tool("rclone")
    process = subprocess.Popen(
        [rclone, "serve", what, "--addr", "127.0.0.1:0", "--log-level", "INFO", *arguments],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    # A server that hangs is killed, so that whoever waits for it fails instead of waiting for ever.
    limit = Timer(_LIMIT_SECONDS, process.kill)
    limit.daemon = True
    limit.start()
    with process:
        try:
            endpoint = _endpoint(process)
            with _drained(process):
                yield endpoint
        finally:
            limit.cancel()
            process.kill()


@contextmanager
def _drained(process: subprocess.Popen[str]) -> Iterator[None]:
    """Read what a server says until it ends, at the end of the block: a full pipe would stop it."""
    reader = Thread(target=collections.deque, args=(process.stderr, 0))
    reader.start()
    try:
        yield
    finally:
        process.kill()
        reader.join()


def _endpoint(process: subprocess.Popen[str]) -> str:
    seen = []
    for line in process.stderr or ():
        if found := _LISTENING.search(line):
            return found[1]
        seen.append(line)
    raise AssertionError("rclone did not start: " + "".join(seen))
