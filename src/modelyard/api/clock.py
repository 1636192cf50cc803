"""The clock: the one place where a command asks what time it is."""

from __future__ import annotations

from datetime import datetime, timezone

__all__ = ["now", "timestamp"]


def now() -> datetime:
    """Return the moment that times are held against where no commit is judged, in UTC."""
    return datetime.now(timezone.utc)


def timestamp() -> str:
    """Return this moment as ``created_at`` of a version records it, to the second."""
    return now().strftime("%Y-%m-%dT%H:%M:%SZ")
