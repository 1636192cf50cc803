"""What reports tell in the same words in many tests."""

from __future__ import annotations

__all__ = ["NO_OWNERS"]

NO_OWNERS = "owners were not judged: nobody said who makes this change (--actor NAME)\n"
