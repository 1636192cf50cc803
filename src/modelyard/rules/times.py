"""MY212 and MY214: are the times that a version states possible?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from modelyard.documents.scalars import parse_timestamp
from modelyard.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from modelyard.documents.document import Path
    from modelyard.documents.metadata import Metadata
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["in_the_future", "training_backwards"]

_STARTED: Path = ("training", "started_at")
_FINISHED: Path = ("training", "finished_at")
_SKEW = timedelta(minutes=10)
"""How far the clocks of two machines may differ before a time counts as one of the future."""
_NOW = "write when it was, with its offset from UTC; `date -u +%FT%TZ` prints the time now"


def in_the_future(version: VersionDirectory, moment: datetime) -> Findings:
    """What has happened lies in the past: no time is more than ten minutes after the commit that brings it.

    A commit is judged by its own date, so the verdict on it is the same on every day and in every time zone; only
    content that no commit holds yet is held against the clock.

    Bad:
        # committed on 14 March 2025
        created_at: "2052-03-14T09:26:53Z"
    Good:
        # committed on 14 March 2025
        created_at: "2025-03-14T09:26:53Z"
    """
    parsed = version.metadata
    for path, text in _times(parsed.value) if parsed and parsed.value else ():
        ahead = parse_timestamp(text) - moment
        if parsed and ahead > _SKEW:
            message = f"`{'.'.join(map(str, path))}` lies {_told(ahead)} in the future"
            yield Finding(parsed.path, message, _NOW, parsed.locate(path))


def training_backwards(version: VersionDirectory, _policy: Policy) -> Findings:
    """A training run ends after it began.

    Bad:
        training:
          started_at: "2025-03-14T10:00:00+02:00"
          finished_at: "2025-03-14T07:30:00Z"
    Good:
        training:
          started_at: "2025-03-14T10:00:00+02:00"
          finished_at: "2025-03-14T09:30:00Z"
    """
    parsed = version.metadata
    training = parsed.value.training if parsed and parsed.value else None
    if not parsed or not training or training.started_at is None or training.finished_at is None:
        return
    early = parse_timestamp(training.started_at) - parse_timestamp(training.finished_at)
    if early > timedelta():
        message = f"the training ends {_told(early)} before it begins"
        yield Finding(
            parsed.path, message, "compare the two times, and their offsets from UTC", parsed.locate(_FINISHED)
        )


def _times(value: Metadata) -> Iterator[tuple[Path, str]]:
    yield ("created_at",), value.created_at
    if value.training and value.training.started_at is not None:
        yield _STARTED, value.training.started_at
    if value.training and value.training.finished_at is not None:
        yield _FINISHED, value.training.finished_at


def _told(span: timedelta) -> str:
    """Return a time span in its largest unit: ``3 days``, ``1 hour``, ``12 minutes``."""
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "less than a second"
