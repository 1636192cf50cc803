"""The overrides of a policy: what is different for some models, and how many versions of each stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.model_patterns import ModelPattern
from modelyard.documents.policy_scores import Scores
from modelyard.documents.policy_stages import DEFAULT_STAGES, Stage, changed_stages, parse_stages
from modelyard.names import VersionId
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Override", "Retention"]

Fields = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Which versions stay.

    :param keep: versions that may not be retired.
    :param newest: how many of the newest versions of a model stay when the policy retires the others; None: all.
    """

    keep: tuple[VersionId, ...] = ()
    newest: int | None = None

    @classmethod
    def from_value(cls, value: Fields) -> Retention:
        """Return the retention of a mapping that the schema has accepted."""
        return cls(keep=tuple(VersionId.parse(each) for each in value.get("keep", ())), newest=value.get("newest"))


@dataclass(frozen=True)
class Override:
    """What holds for the models that a pattern matches; complete, with what the policy says elsewhere filled in.

    :param named: the stages that the override itself names, whether the policy knows them or not.
    """

    models: ModelPattern
    stages: tuple[Stage, ...]
    scores: Scores
    retention: Retention
    named: tuple[str, ...] = ()

    @classmethod
    def from_value(cls, value: Fields, policy: Fields) -> Override:
        """Return the override of a mapping that the schema has accepted, laid over the policy that it stands in."""
        stages: Sequence[Fields] = value.get("stages", ())
        return cls(
            ModelPattern.parse(value["models"]),
            parse_stages(changed_stages(policy.get("stages", DEFAULT_STAGES), stages)),
            Scores.from_value({**policy.get("scores", {}), **value.get("scores", {})}),
            Retention.from_value({**policy.get("retention", {}), **value.get("retention", {})}),
            tuple(each["name"] for each in stages),
        )
