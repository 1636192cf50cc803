"""Worker processes: shares of one long list of work, done on all cores at once.

They are forked, so they start with everything that we have read, and what comes back are plain values.
"""

from __future__ import annotations

import gc
import marshal
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["cores", "in_shares"]

_MOST = 8


def cores() -> int:
    """Return how many processes can work at once; 1 where this one can't be forked safely."""
    threading = sys.modules.get("threading")
    if not hasattr(os, "fork") or (threading and threading.active_count() > 1):
        return 1
    known = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(known, _MOST)


def in_shares(act: Callable[[int], Any], count: int, *, ready: Callable[[], None]) -> list[Any]:
    """Return what ``act`` returns for each share from 0 on, each worked at by a process of its own.

    A share that its process could not begin or finish is done here, so that what went wrong is told as if it
    had never been elsewhere. An interruption ends all of them.

    :param act: returns plain values, which :mod:`marshal` knows.
    :param ready: called in each process first, to let go of what belongs to ours.
    """
    sys.stdout.flush()
    # What is there already is not looked through again, and so not copied.
    gc.freeze()
    running: list[_Worker] = []
    try:
        # Where there are too many processes or files already, those that were started are enough.
        with suppress(OSError):
            running.extend(_Worker(act, share, ready) for share in range(count))
        answers = [worker.answer() for worker in running]
    finally:
        for worker in running:
            worker.stop()
        gc.unfreeze()
    answers += [None] * (count - len(answers))
    return [act(share) if answer is None else answer[0] for share, answer in enumerate(answers)]


class _Worker:
    """One forked process, and the pipe that its answer comes through."""

    def __init__(self, act: Callable[[int], Any], share: int, ready: Callable[[], None]) -> None:
        self._answers, answering = os.pipe()
        try:
            self._process = os.fork()
        except OSError:
            os.close(self._answers)
            os.close(answering)
            raise
        if not self._process:
            _work(act, share, ready, answering)
        os.close(answering)

    def answer(self) -> Sequence[Any] | None:
        """Return the answer as the only item; None where the process ended without one."""
        with os.fdopen(os.dup(self._answers), "rb") as pipe:
            raw = pipe.read()
        try:
            answer: Sequence[Any] = marshal.loads(raw)  # noqa: S302 - our own process wrote it
        except (EOFError, ValueError, TypeError):
            return None
        return answer

    def stop(self) -> None:
        os.close(self._answers)
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _work(act: Callable[[int], Any], share: int, ready: Callable[[], None], answering: int) -> None:
    try:
        ready()
        # Documents form no circles, and looking for some costs a tenth of the time.
        gc.set_threshold(100_000)
        raw = marshal.dumps((act(share),))
        with os.fdopen(answering, "wb") as pipe:
            pipe.write(raw)
    except BaseException:  # noqa: BLE001 - our parent meets the same, and tells it
        os._exit(1)
    os._exit(0)
