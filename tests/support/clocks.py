"""A clock that is wrong, for whatever program asks the C library what time it is."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from support.tools import requires_tool

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["shifted"]

_SOURCE = """\
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed && clock == CLOCK_REALTIME)
        now->tv_sec += SECONDS;
    return failed;
}

time_t time(time_t *now)
{
    struct timespec there;
    clock_gettime(CLOCK_REALTIME, &there);
    if (now)
        *now = there.tv_sec;
    return there.tv_sec;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec there;
    clock_gettime(CLOCK_REALTIME, &there);
    now->tv_sec = there.tv_sec;
    now->tv_usec = there.tv_nsec / 1000;
    return 0;
}
"""


def shifted(directory: Path, seconds: int) -> dict[str, str]:
    """Return the environment of a process whose clock is so many seconds ahead."""
    source, library = directory / "clock.c", directory / f"clock{seconds}.so"
    source.write_text(_SOURCE, encoding="utf-8")
    command: list[str | Path] = [requires_tool("cc"), "-shared", "-fPIC", f"-DSECONDS={seconds}", "-o", library, source]
    subprocess.run(command, check=True)
    return {"LD_PRELOAD": str(library)}
