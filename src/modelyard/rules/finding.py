"""What a rule found, as far as it knows it itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.problems import Position

__all__ = ["Finding", "Findings"]


@dataclass(frozen=True)
class Finding:
    """What a rule found, before the engine adds the rule's code and severity."""

    path: str
    message: str
    hint: str
    position: Position | None = None


Findings = Iterator[Finding]
