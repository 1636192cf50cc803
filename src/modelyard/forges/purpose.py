"""What a forge is asked for, and the right that it takes."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.forges.address import ForgeKind

if TYPE_CHECKING:
    from modelyard.forges.address import ForgeAddress

__all__ = ["Purpose"]


class Purpose(Enum):
    """Why we talk to a forge."""

    REQUESTS = "requests"
    PROTECTION = "protection"

    def needs_token(self, address: ForgeAddress) -> str:
        """Return the beginning of the sentence that says that a token is missing."""
        if self is Purpose.REQUESTS:
            return f"to open a {address.kind.request} on {address.host} needs a token"
        return f"to read how a branch is protected on {address.host} needs a token"

    @property
    def otherwise(self) -> str:
        """What may be done without a token, as the end of a hint."""
        return ", or use --branch in place of --pr" if self is Purpose.REQUESTS else ""

    def right(self, address: ForgeAddress) -> str:
        """Return the right that a token must have, as the end of a hint."""
        if self is Purpose.REQUESTS:
            return f"the right to write {address.kind.request}s of {address.project}"
        if address.kind is ForgeKind.GITHUB:
            return f"the right to read the administration of {address.project}"
        return f"the role Maintainer in {address.project}"
