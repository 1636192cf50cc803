"""When an object of a cache was last used: its time of access, which we move on ourselves where a mount does not."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PRECISION", "last_used", "note_use"]

PRECISION = timedelta(minutes=1)
"""How long a file may be in use before that is noted anew."""


def note_use(file: int | Path) -> None:
    """Note that a file is used now, to the minute. What cannot be noted, in a cache that is only read, is let be.

    :param file: its descriptor or its path.
    """
    with suppress(OSError):
        found = os.fstat(file) if isinstance(file, int) else file.stat()
        now = time.time_ns()
        if now - found.st_atime_ns >= PRECISION.total_seconds() * 1e9:
            os.utime(file, ns=(now, found.st_mtime_ns))


def last_used(found: os.stat_result) -> datetime:
    """Return when a file was last used, or came here."""
    return datetime.fromtimestamp(max(found.st_atime, found.st_mtime), timezone.utc)
