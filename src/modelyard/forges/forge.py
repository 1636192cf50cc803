"""What is asked of every forge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from modelyard.forges.address import ForgeAddress
    from modelyard.forges.protection import Protection
    from modelyard.forges.request import Draft, Request

__all__ = ["Forge"]


class Forge(Protocol):
    """One project on a forge, asked once for each call: nothing is tried again here.

    Each method raises :class:`modelyard.forges.failures.Unanswered` where nobody knows what the forge has
    done, :class:`~modelyard.forges.failures.Limited` and :class:`~modelyard.forges.failures.AlreadyThere` where it has
    done nothing, and a :class:`~modelyard.errors.ModelyardError` where asking again would not help.
    """

    address: ForgeAddress

    def default_branch(self) -> str:
        """Return the branch that requests are merged into."""

    def requests(self, branch: str, target: str) -> tuple[Request, ...]:
        """Return the requests to merge a branch into another, in any state, newest first; the newest hundred."""

    def open(self, draft: Draft, target: str) -> Request:
        """Open a request; a request that is open for the branch already is ``AlreadyThere``."""

    def label(self, request: Request, labels: tuple[str, ...]) -> None:
        """Add labels to a request; the forge makes those that it does not know."""

    def protection(self, branch: str) -> Protection:
        """Return how a branch is protected; what the token may not see is named in it."""
