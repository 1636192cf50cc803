"""How much of what takes long is run: a sample, or with TORTURE=1 all of it, which is `make torture`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TORTURE", "only_in_torture", "sampled"]

TORTURE = os.environ.get("TORTURE") == "1"

T = TypeVar("T")

only_in_torture = pytest.mark.skipif(not TORTURE, reason="takes long: make torture")


def sampled(items: Sequence[T], count: int) -> list[T]:
    """Return so many of the items, evenly spread and with both ends, or all of them under torture."""
    if TORTURE or len(items) <= count:
        return list(items)
    return [items[round(at * (len(items) - 1) / (count - 1))] for at in range(count)]
