"""How much is done at once where nobody says otherwise."""

from __future__ import annotations

__all__ = ["JOBS", "MOST_JOBS"]

JOBS = 8  # objects on their way
MOST_JOBS = 64
