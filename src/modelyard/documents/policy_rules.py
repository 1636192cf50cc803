"""What a policy says of the rules: how much they weigh, since when they hold, what they let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.scalars import parse_date
from modelyard.problems import Severity
from modelyard.values import dataclass

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Exemption", "RuleSetting"]


@dataclass(frozen=True)
class RuleSetting:
    """What is set otherwise than in the table of rules: a severity, and the first day of a new rule."""

    severity: Severity | None = None
    since: date | None = None

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> RuleSetting:
        """Return the setting of a mapping that the schema has accepted."""
        return cls(
            Severity(value["severity"]) if "severity" in value else None,
            parse_date(value["since"]) if "since" in value else None,
        )


@dataclass(frozen=True)
class Exemption:
    """A reviewed waiver of one rule for one path, until a day."""

    rule: str
    path: str
    reason: str
    expires: date

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Exemption:
        """Return the exemption of a mapping that the schema has accepted."""
        return cls(value["rule"], value["path"], value["reason"], parse_date(value["expires"]))

    def holds_on(self, day: date | None) -> bool:
        """Whether it counts on a day, its last one included; on an unknown day it does not."""
        return day is not None and day <= self.expires
