"""Mentions: the ids of versions that stand in documents, found without parsing them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.names import InvalidName, VersionId

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["mentioned"]


def mentioned(texts: Sequence[bytes]) -> tuple[VersionId, ...] | None:
    """Return the ids that stand anywhere in documents; None where that cannot be told from their bytes.

    There is nothing to tell by where there is no text, and an escape may hide an id.
    """
    if not texts or any(b"\\" in text for text in texts):
        return None
    found = {each for text in texts for each in re.findall(rb"[a-z0-9_-]+@[0-9][0-9A-Za-z.+-]*", text)}
    return tuple(filter(None, map(_as_id, found)))


def _as_id(text: bytes) -> VersionId | None:
    try:
        return VersionId.parse(text.decode("ascii"))
    except InvalidName:
        return None
