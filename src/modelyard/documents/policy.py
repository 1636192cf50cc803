"""``registry.yaml``: the policy of a registry. What is left out has the default given here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.policy_overrides import Override, Retention
from modelyard.documents.policy_owners import Owners
from modelyard.documents.policy_rules import Exemption, RuleSetting
from modelyard.documents.policy_scores import Scores
from modelyard.documents.policy_stages import DEFAULT_STAGES, Gate, Stage, parse_stages
from modelyard.documents.policy_storage import Storage
from modelyard.values import dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DEFAULT_SECTIONS",
    "FILE",
    "SCHEMA",
    "Exemption",
    "Gate",
    "Override",
    "Owners",
    "Policy",
    "Retention",
    "RuleSetting",
    "Scores",
    "Stage",
    "Storage",
]

SCHEMA = "POLICY_SCHEMA"
FILE = "registry.yaml"

DEFAULT_SECTIONS = (
    "Model description",
    "Intended use",
    "Limitations",
    "Dataset sources",
    "Evaluation metrics",
    "License",
    "Contact",
)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a registry demands.

    :param max_git_bytes: the largest artifact that may lie in Git itself.
    :param proportions: metrics that are shares of rows, for which a row count gives a bound.
    :param pipelines: whether a version directory may hold a pipeline of DVC.
    :param confidence: level of the bounds that gates are tested against.
    :param sources: patterns of repositories that a model may be trained from; empty: any.
    :param rules: what is set otherwise than in the table of rules, by code.
    :param storage: what artifacts must be like in each DVC remote.
    :param lower_is_better: metrics of which less is better; of all others more is.
    :param overrides: what is different for some models (see :meth:`for_model`).
    """

    stages: tuple[Stage, ...] = field(default_factory=lambda: parse_stages(DEFAULT_STAGES))
    card_sections: tuple[str, ...] = DEFAULT_SECTIONS
    licenses: tuple[str, ...] = ()
    forbidden_formats: tuple[str, ...] = ()
    max_git_bytes: int = 1_000_000
    pipelines: bool = False
    proportions: tuple[str, ...] = ("accuracy",)
    confidence: float = 0.95
    sources: tuple[str, ...] = ()
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    owners: Owners = field(default_factory=Owners)
    lower_is_better: tuple[str, ...] = ()
    scores: Scores = field(default_factory=Scores)
    retention: Retention = field(default_factory=Retention)
    storage: Storage = field(default_factory=Storage)
    overrides: tuple[Override, ...] = ()

    def stage(self, name: str) -> Stage | None:
        """Return the stage of that name, or None where the policy knows none."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def for_model(self, name: str) -> Policy:
        """Return what holds for one model: the first override whose pattern matches it is laid over the policy."""
        for each in self.overrides:
            if each.models.matches(name):
                return replace(self, stages=each.stages, scores=each.scores, retention=each.retention, overrides=())
        return self

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Policy:
        """Return the policy of a mapping that the schema has accepted."""
        default = cls()
        metrics = value.get("metrics", {})
        return cls(
            stages=parse_stages(value["stages"]) if "stages" in value else default.stages,
            card_sections=tuple(value.get("card", {}).get("required_sections", default.card_sections)),
            licenses=tuple(value.get("licenses", {}).get("allow", ())),
            forbidden_formats=tuple(value.get("formats", {}).get("forbid", ())),
            max_git_bytes=value.get("git", {}).get("max_artifact_bytes", default.max_git_bytes),
            pipelines=value.get("pipelines", {}).get("allow", default.pipelines),
            proportions=tuple(metrics.get("proportions", default.proportions)),
            confidence=metrics.get("confidence", default.confidence),
            sources=tuple(value.get("sources", {}).get("allow", ())),
            rules={code: RuleSetting.from_value(each) for code, each in value.get("rules", {}).items()},
            exemptions=tuple(Exemption.from_value(each) for each in value.get("exemptions", ())),
            owners=Owners.from_value(value.get("owners", {})),
            lower_is_better=tuple(metrics.get("lower_is_better", ())),
            scores=Scores.from_value(value.get("scores", {})),
            retention=Retention.from_value(value.get("retention", {})),
            storage=Storage.from_value(value.get("storage", {})),
            overrides=tuple(Override.from_value(each, value) for each in value.get("overrides", ())),
        )
