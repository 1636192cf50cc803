"""Dates along first parents, none of which is taken at its word."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.revisions import require_revision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.git.location import Location

__all__ = ["first_parent_times"]

_LAST_SECOND = 253402300799


def first_parent_times(location: Location, tip: str) -> Mapping[str, datetime]:
    """Return for each commit along first parents the latest date of it and of those before it.

    Earlier than that it was not there: a commit is made after its parents, whatever its own date says.

    :param tip: a full id.
    :raises NotFinished: the clone's history is cut off.
    """
    if location.is_shallow:
        raise NotFinished("the dates of this shallow clone are cut off", hint="git fetch --unshallow")
    output = location.run("rev-list", "--first-parent", "--reverse", "--timestamp", require_revision(tip))
    times: dict[str, datetime] = {}
    latest = 0
    for line in output.decode("ascii").splitlines():
        seconds, commit = line.split()
        latest = min(max(latest, int(seconds)), _LAST_SECOND)
        times[commit] = datetime.fromtimestamp(latest, tz=timezone.utc)
    return times
