"""``models/<name>.yaml``: a model as a whole, beside its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.metadata_parts import known_fields, without_none
from modelyard.names import ModelName, Version, parse_model_name
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SCHEMA", "Deprecation", "Model", "Tombstone"]

SCHEMA = "MODEL_SCHEMA"


@dataclass(frozen=True)
class Tombstone:
    """A version that was retired: why, and the Git tree id that it had."""

    reason: str
    tree: str


@dataclass(frozen=True)
class Deprecation:
    """Why a model should no longer be used, and what to use instead."""

    reason: str
    replacement: str | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """What may change about a model: owners, yanked and retired versions, deprecation."""

    name: ModelName
    owners: tuple[str, ...]
    contact: str | None = None
    description: str | None = None
    task: str | None = None
    deprecation: Deprecation | None = None
    yanked: Mapping[Version, str] = field(default_factory=dict)
    retired: Mapping[Version, Tombstone] = field(default_factory=dict)

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Model:
        """Return the model of a mapping that the schema has accepted."""
        return cls(
            name=parse_model_name(value["name"]),
            owners=tuple(value["owners"]),
            contact=value.get("contact"),
            description=value.get("description"),
            task=value.get("task"),
            deprecation=Deprecation(**known_fields(value["deprecation"])) if "deprecation" in value else None,
            yanked={Version.parse(version): reason for version, reason in value.get("yanked", {}).items()},
            retired={
                Version.parse(version): Tombstone(**known_fields(each))
                for version, each in value.get("retired", {}).items()
            },
        )

    def to_value(self) -> dict[str, Any]:
        """Return the mapping of a new model to write; a model that exists is edited in place."""
        return without_none(
            {
                "schema_version": 1,
                "name": self.name,
                "owners": list(self.owners),
                "contact": self.contact,
                "description": self.description,
                "task": self.task,
            },
        )
