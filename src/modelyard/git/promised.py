"""Blobs that a mirror left out: fetched when they are wanted, all that are wanted at once in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.failures import OutOfReach
from modelyard.git.fetching import Fetcher
from modelyard.git.urls import scrubbed
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.git.bare import BareCopy
    from modelyard.git.location import Location

__all__ = ["Promised"]


@dataclass(frozen=True)
class Promised:
    """What the remote repository of a mirror has of one commit, and the mirror not yet.

    :param offline: whether nothing may be fetched.
    """

    copy: BareCopy
    location: Location
    address: str
    commit: str
    offline: bool = False

    def supply(self, ids: list[str]) -> None:
        """Fetch blobs with one ``git fetch``; another process that fetches into the mirror is waited for.

        :raises OutOfReach: nothing may be fetched.
        :raises NotFinished: the remote cannot be reached, or no longer has them.
        """
        if self.offline:
            count = "1 document was" if len(ids) == 1 else f"{len(ids)} documents were"
            raise OutOfReach(f"{count} never fetched of commit {self.commit[:12]} of {scrubbed(self.address)!r}")
        with self.copy.held() as lock:
            self.copy.sweep()
            Fetcher(self.location, self.address, lock).blobs(ids, commit=self.commit)
