"""A real Dask scheduler and one worker, each a process of its own."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.children import announced, child, drained

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["serve_fleet"]

_LISTENING = re.compile(r"Scheduler at: +(tcp://\S+)")
_HERE = ("--host", "127.0.0.1", "--no-dashboard")


@contextmanager
def serve_fleet(directory: Path, *, environment: Mapping[str, str]) -> Iterator[str]:
    """Run a scheduler and a worker in an environment until the block ends, and give the scheduler's address."""
    dask = (sys.executable, "-m", "dask")
    scheduling = [*dask, "scheduler", "--port", "0", *_HERE]
    with child(scheduling, cwd=directory, environment=environment) as scheduler:
        address = announced(scheduler, _LISTENING, name="the scheduler")
        working = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", *_HERE]
        with (
            drained(scheduler),
            child(working, cwd=directory, environment=environment) as worker,
            drained(worker),
        ):
            yield address
