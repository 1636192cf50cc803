"""``stages/<stage>/<name>.yaml``: which version of a model serves in a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.metadata_parts import known_fields
from modelyard.names import Version
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SCHEMA", "Evidence", "Promotion"]

SCHEMA = "STAGE_SCHEMA"


@dataclass(frozen=True)
class Evidence:
    """The digest of the figures that a promotion was decided on, and the tool that computed them."""

    digest: str
    tool: str


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """The state of one model in one stage.

    ``version`` is the champion. ``traffic`` maps versions to whole percents that sum to 100; where
    it is empty, the champion has all of it.
    """

    version: Version
    traffic: Mapping[Version, int] = field(default_factory=dict)
    reason: str | None = None
    held: Mapping[Version, str] = field(default_factory=dict)
    evidence: Evidence | None = None

    @property
    def versions(self) -> frozenset[Version]:
        """The champion and its challengers."""
        return frozenset((self.version, *self.traffic))

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Promotion:
        """Return the promotion of a mapping that the schema has accepted."""
        return cls(
            version=Version.parse(value["version"]),
            traffic={Version.parse(version): share for version, share in value.get("traffic", {}).items()},
            reason=value.get("reason"),
            held={Version.parse(version): reason for version, reason in value.get("held", {}).items()},
            evidence=Evidence(**known_fields(value["evidence"])) if "evidence" in value else None,
        )
