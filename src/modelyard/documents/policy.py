"""``registry.yaml``: the policy of a registry. What is left out has the default given here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.metadata_parts import known_fields
from modelyard.documents.policy_owners import Owners
from modelyard.documents.policy_rules import Exemption, RuleSetting
from modelyard.names import StageName, VersionId, parse_stage_name
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT_SECTIONS", "FILE", "SCHEMA", "Exemption", "Gate", "Owners", "Policy", "RuleSetting", "Stage"]

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
class Gate:
    """A bound that a metric must keep before a version may enter a stage.

    :param strict: whether a bound that only the point estimate keeps is refused, where neither an
        interval nor a number of rows says how sure the figure is.
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    split: str | None = None
    strict: bool = False

    def __str__(self) -> str:
        bound = f">= {self.at_least}" if self.at_least is not None else f"<= {self.at_most}"
        return f"{self.split + '.' if self.split else ''}{self.metric} {bound}"


@dataclass(frozen=True)
class Stage:
    """One stage: the stage that a version must come from (None: any registered one), its gates and its owners."""

    name: StageName
    comes_from: StageName | None = None
    gates: tuple[Gate, ...] = ()
    owners: tuple[str, ...] = ()


_DEFAULT_STAGES = (Stage(StageName("staging")), Stage(StageName("production"), StageName("staging")))


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a registry demands.

    :param max_git_bytes: the largest artifact that may lie in Git itself.
    :param proportions: metrics that are shares of rows, for which a row count gives a bound.
    :param pipelines: whether a version directory may hold a pipeline of DVC.
    :param confidence: level of the bounds that gates are tested against.
    :param sources: patterns of repositories that a model may be trained from; empty: any.
    :param rules: what is set otherwise than in the table of rules, by code.
    :param kept: versions that may not be retired.
    """

    stages: tuple[Stage, ...] = _DEFAULT_STAGES
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
    kept: tuple[VersionId, ...] = ()

    def stage(self, name: str) -> Stage | None:
        """Return the stage of that name, or None where the policy knows none."""
        return next((stage for stage in self.stages if stage.name == name), None)

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Policy:
        """Return the policy of a mapping that the schema has accepted."""
        default = cls()
        metrics = value.get("metrics", {})
        return cls(
            stages=_stages(value["stages"]) if "stages" in value else default.stages,
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
            kept=tuple(VersionId.parse(each) for each in value.get("retention", {}).get("keep", ())),
        )


def _stages(value: list[dict[str, Any]]) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    for each in value:
        previous = stages[-1].name if stages else None
        comes_from = parse_stage_name(each["from"]) if "from" in each else previous
        gates = tuple(Gate(**known_fields(gate)) for gate in each.get("gates", ()))
        stages.append(Stage(parse_stage_name(each["name"]), comes_from, gates, tuple(each.get("owners", ()))))
    return tuple(stages)
