"""What reports tell in the same words in many tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.repositories import Repository

__all__ = ["NO_OWNERS", "judged"]

NO_OWNERS = "owners were not judged: nobody said who makes this change (--actor NAME)\n"


def judged(repository: Repository, base: str) -> str:
    """Return what a report says of the checked-out commit, judged against a base that was asked for, by nobody."""
    head, against = (repository.git("rev-parse", each).strip()[:12] for each in ("HEAD", base))
    return f"{NO_OWNERS}judged: commit {head} against {against}, as asked for\n"
