"""The stages of a policy: where versions come from, and what it takes to enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.metadata_parts import known_fields
from modelyard.documents.scalars import parse_duration
from modelyard.names import StageName, parse_stage_name
from modelyard.values import dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

__all__ = ["DEFAULT_STAGES", "Gate", "Requirements", "Stage", "changed_stages", "parse_stages"]

Fields = dict[str, Any]

DEFAULT_STAGES: Sequence[Fields] = ({"name": "staging"}, {"name": "production"})


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What a metric must keep before a version may enter a stage: one of two bounds, or no regression.

    :param strict: whether what the point estimate alone shows is refused, where no confidence bound proves it.
    :param slices: each of these is judged in place of the split, or of ``test`` (see :meth:`by_slice`).
    :param no_regression: whether the figure must not be worse than that of the version now in the stage.
    :param tolerance: by how much it may be worse.
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    split: str | None = None
    strict: bool = False
    slices: tuple[str, ...] = ()
    no_regression: bool = False
    tolerance: float = 0

    def __str__(self) -> str:
        return f"{self.split + '.' if self.split else ''}{self.metric} {self._demand()}"

    @property
    def threshold(self) -> float:
        """The figure that it demands: the bound of the metric or, where it asks for no regression, the tolerance."""
        bound = self.at_least if self.at_least is not None else self.at_most
        return self.tolerance if bound is None else bound

    def by_slice(self) -> tuple[Gate, ...]:
        """Return one gate for each slice, that of a split by the name ``<split>.<slice>``; without slices the gate."""
        if not self.slices:
            return (self,)
        prefix = f"{self.split}." if self.split else ""
        return tuple(replace(self, split=prefix + each, slices=()) for each in self.slices)

    def _demand(self) -> str:
        if self.no_regression:
            return f"no worse by more than {self.tolerance:g}" if self.tolerance else "no worse"
        return f">= {self.at_least}" if self.at_least is not None else f"<= {self.at_most}"

    @classmethod
    def from_value(cls, value: Fields) -> Gate:
        """Return the gate of a mapping that the schema has accepted."""
        return cls(**{**known_fields(value), "slices": tuple(value.get("slices", ()))})


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a version must have to enter a stage, beside what every version must have.

    :param metadata: names of optional fields of the metadata.
    :param licenses: SPDX expressions of which the model must have one; empty: any.
    :param formats: formats of which each file with the role ``model`` must have one; empty: any.
    :param compatible_signature: whether callers of the version now in the stage must be able to call the
        new one, unless its MAJOR number is higher.
    """

    metadata: tuple[str, ...] = ()
    card_sections: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    compatible_signature: bool = False

    @classmethod
    def from_value(cls, value: Fields) -> Requirements:
        """Return the requirements of a mapping that the schema has accepted."""
        return cls(
            metadata=tuple(value.get("metadata", ())),
            card_sections=tuple(value.get("card_sections", ())),
            licenses=tuple(value.get("licenses", ())),
            formats=tuple(value.get("formats", ())),
            compatible_signature=value.get("compatible_signature", False),
        )


@dataclass(frozen=True)
class Stage:
    """One stage.

    :param comes_from: the stage that a version must come from; None: any registered version may enter.
    :param owners: who may change what stands in the stage; empty: the owners of each model.
    :param soak: how long a version must have been in the stage that it comes from.
    :param checks: status checks that the forge must require for a change of the stage.
    :param reviewers: who must approve a change of the stage.
    :param separate_duties: whether somebody else promotes a version than registered it.
    """

    name: StageName
    comes_from: StageName | None = None
    gates: tuple[Gate, ...] = ()
    owners: tuple[str, ...] = ()
    soak: timedelta | None = None
    checks: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    separate_duties: bool = False
    require: Requirements = field(default_factory=Requirements)


def parse_stages(value: Sequence[Fields]) -> tuple[Stage, ...]:
    """Return the stages of a list that the schema has accepted; each comes from the one before it unless it says."""
    stages: list[Stage] = []
    for each in value:
        stages.append(_stage(each, stages[-1].name if stages else None))
    return tuple(stages)


def changed_stages(value: Sequence[Fields], changes: Sequence[Fields]) -> list[Fields]:
    """Return the list of stages in which the keys that the changes give replace those of the stage of that name.

    A change of a stage that is not in the list changes nothing.
    """
    by_name: Mapping[str, Fields] = {each["name"]: each for each in changes}
    return [{**each, **by_name.get(each["name"], {})} for each in value]


def _stage(value: Fields, previous: StageName | None) -> Stage:
    return Stage(
        parse_stage_name(value["name"]),
        parse_stage_name(value["from"]) if "from" in value else previous,
        tuple(Gate.from_value(gate) for gate in value.get("gates", ())),
        tuple(value.get("owners", ())),
        soak=parse_duration(value["soak"]) if "soak" in value else None,
        checks=tuple(value.get("checks", ())),
        reviewers=tuple(value.get("reviewers", ())),
        separate_duties=value.get("separate_duties", False),
        require=Requirements.from_value(value.get("require", {})),
    )
