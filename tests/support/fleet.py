"""A real Dask scheduler and one worker, each a process of its own."""

from __future__ import annotations

import collections
import re
import subprocess
import sys
from contextlib import contextmanager
from threading import Thread, Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["serve_fleet"]

_LIMIT_SECONDS = 300
_LISTENING = re.compile(r"Scheduler at: +(tcp://\S+)")
_HERE = ("--host", "127.0.0.1", "--no-dashboard")


@contextmanager
def serve_fleet(directory: Path, *, environment: Mapping[str, str]) -> Iterator[str]:
    """Run a scheduler and a worker in an environment until the block ends, and give the scheduler's address."""
    with _process("scheduler", "--port", "0", *_HERE, cwd=directory, environment=environment) as scheduler:
        address = _address(scheduler)
        with (
            _drained(scheduler),
            _process(
                "worker", address, "--nthreads", "1", "--no-nanny", *_HERE, cwd=directory, environment=environment
            ) as worker,
            _drained(worker),
        ):
            yield address


@contextmanager
def _process(*words: str, cwd: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env=dict(environment),
        text=True,
    )
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
def _drained(process: subprocess.Popen[str]) -> Iterator[None]:
    reader = Thread(target=collections.deque, args=(process.stderr, 0))
    reader.start()
    try:
        yield
    finally:
        process.kill()
        reader.join()


def _address(process: subprocess.Popen[str]) -> str:
    seen = []
    for line in process.stderr or ():
        if found := _LISTENING.search(line):
            return found[1]
        seen.append(line)
    raise AssertionError("the scheduler did not start: " + "".join(seen))
