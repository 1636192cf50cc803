"""The scores of a policy: how one figure, by which versions are ranked, is made of their metrics."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Missing", "Scores"]


class Missing(Enum):
    """What becomes of a version that lacks a weighted metric.

    ``REFUSE``: it has no score; ``SKIP``: its score is that of the other metrics; ``ZERO``: the metric counts as 0.
    """

    REFUSE = "refuse"
    SKIP = "skip"
    ZERO = "zero"


@dataclass(frozen=True, kw_only=True)
class Scores:
    """How metrics make a score.

    :param weights: how much each metric counts; empty: there are no scores.
    :param split: the split or slice whose metrics are taken; None: those at the top, else those of ``test``.
    :param normalise: the range of a metric that becomes 0 to 1.
    :param bonus: factors by tag; ``ensemble`` is also for versions whose metadata has ``ensemble``.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    split: str | None = None
    normalise: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    bonus: Mapping[str, float] = field(default_factory=dict)
    missing: Missing = Missing.REFUSE

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Scores:
        """Return the scores of a mapping that the schema has accepted."""
        return cls(
            weights=value.get("weights", {}),
            split=value.get("split"),
            normalise={metric: (low, high) for metric, (low, high) in value.get("normalise", {}).items()},
            bonus=value.get("bonus", {}),
            missing=Missing(value.get("missing", "refuse")),
        )
