"""Time travel: which commit of a line was the newest one at a moment."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from modelyard.documents.scalars import InvalidScalar, parse_timestamp
from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["HINT", "believed", "newest_at", "parse_moment"]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
HINT = "write a day like 2026-03-01, a time like 2026-03-01T09:30:00Z, or a commit"


def parse_moment(text: str) -> datetime | None:
    """Return the moment that the text names, None where it can only name a commit.

    A day means its end, in UTC: what was in force on that day when it was over.

    :raises UsageError: the text looks like a moment, and is none.
    """
    if not _DAY.match(text):
        return None
    try:
        if not _DAY.fullmatch(text):
            return parse_timestamp(text)
        return parse_timestamp(f"{text}T00:00:00Z") + timedelta(days=1, microseconds=-1)
    except InvalidScalar:
        raise UsageError(f"--as-of {text!r} is no moment", hint=HINT) from None


def newest_at(line: Sequence[tuple[str, datetime]], moment: datetime) -> str | None:
    """Return the newest commit of a line that was made until a moment, None where there was none yet.

    :param line: id and time of each commit, oldest first.
    """
    count = bisect_right(believed([time for _, time in line]), moment)
    return line[count - 1][0] if count else None


def believed(times: Sequence[datetime]) -> list[datetime]:
    """Return the times of commits that follow each other, with those of wrong clocks put right.

    A commit is not older than the one before it. So of all times the most that never go back are believed, and any
    other is taken for that of the nearest believed one on the side that it is wrong to: a commit from the year 2106
    counts from the one that follows it, and one from 1970 from the one that it follows.
    """
    kept = _longest_rise(times)
    result = list(times)
    for left, right in zip([-1, *kept], [*kept, len(times)], strict=True):
        lowest = times[left] if left >= 0 else datetime.min.replace(tzinfo=timezone.utc)
        highest = times[right] if right < len(times) else datetime.max.replace(tzinfo=timezone.utc)
        for index in range(left + 1, right):
            lowest = result[index] = min(max(times[index], lowest), highest)
    return result


def _longest_rise(times: Sequence[datetime]) -> list[int]:
    """Return where the longest sequence of times lies that never goes back (patience sorting)."""
    ends: list[datetime] = []
    places: list[int] = []
    before: list[int | None] = []
    for index, time in enumerate(times):
        length = bisect_right(ends, time)
        before.append(places[length - 1] if length else None)
        ends[length : length + 1] = [time]
        places[length : length + 1] = [index]
    found: list[int] = []
    at = places[-1] if places else None
    while at is not None:
        found.append(at)
        at = before[at]
    return found[::-1]
