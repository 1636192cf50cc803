"""Kills and races that prove that they struck: processes that announce themselves, and never sleep."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import NoReturn

__all__ = ["Announcing", "kill_after_first_write", "run_together"]

# Children start from a clean interpreter; the threads of this one would not survive a fork.
_PROCESSES = multiprocessing.get_context("spawn")


class Announcing:
    """Progress that tells of the first write, and then never returns."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def advance(self, count: int) -> None:
        self._pipe.send(count)
        self._pipe.recv()

    def done(self) -> NoReturn:
        raise AssertionError("the kill did not land")


def kill_after_first_write(act: Callable[..., object], *arguments: object) -> int:
    """Call the act in a process of its own, kill it after its first write, and return the bytes of that.

    The act is a function of the package, which takes its progress by keyword.
    """
    ours, theirs = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=_announce, args=(theirs, act, *arguments))
    process.start()
    theirs.close()
    written: int = ours.recv()
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    return written


def run_together(count: int, act: Callable[..., object], *arguments: object) -> list[int | None]:
    """Call the act in so many processes, all past one barrier before any begins, and return their exit codes."""
    barrier = _PROCESSES.Barrier(count)
    processes = [_PROCESSES.Process(target=_meet, args=(barrier, act, *arguments)) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def _announce(pipe: Connection, act: Callable[..., object], *arguments: object) -> None:
    act(*arguments, progress=Announcing(pipe))


def _meet(barrier: Barrier, act: Callable[..., object], *arguments: object) -> None:
    barrier.wait()
    act(*arguments)
