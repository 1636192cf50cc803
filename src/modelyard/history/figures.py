"""Figures of a registry's life: how many, how large, how old, how often, how long it takes; pure."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from modelyard.history.event import Kind
from modelyard.history.placed import who_placed
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from modelyard.history.event import Event
    from modelyard.history.placed import Placed
    from modelyard.names import ModelName, Version

__all__ = ["Figures", "ModelFigures", "count"]


@dataclass(frozen=True, kw_only=True)
class ModelFigures:
    """Figures of one model.

    :param versions: how many are registered by now.
    :param size: bytes of all their files together, as far as their metadata can be read.
    :param newest: when the last of them was registered; None where history does not say.
    :param placed: what is in the stages.
    :param promotions: how often something was promoted, by stage, and ``rollbacks`` the same of roll backs.
    :param waits: how long each version took from its registration to its first promotion to the last stage.
    """

    name: ModelName
    versions: int
    size: int
    newest: datetime | None
    placed: tuple[Placed, ...]
    promotions: Mapping[str, int]
    rollbacks: Mapping[str, int]
    waits: tuple[timedelta, ...]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of a registry.

    :param goal: the last stage of the policy, to which waits are counted; None where there is none.
    :param months: promotions by month, as ``2026-03``, and stage.
    """

    goal: str | None
    models: tuple[ModelFigures, ...]
    months: Mapping[tuple[str, str], int]


def count(events: Sequence[Event], sizes: Mapping[ModelName, Sequence[int]], goal: str | None) -> Figures:
    """Return the figures of all models that have a version or a past.

    :param events: newest first.
    :param sizes: the bytes of each version that is registered by now.
    :param goal: the stage to which waits are counted.
    """
    of: dict[ModelName, list[Event]] = {name: [] for name in sizes}
    for event in events:
        if event.name:
            of.setdefault(event.name, []).append(event)
    promoted = Counter(
        (f"{event.time:%Y-%m}", event.stage) for event in events if event.kind is Kind.PROMOTED and event.stage
    )
    return Figures(
        goal=goal,
        models=tuple(_of_model(name, of[name], sizes.get(name, ()), goal) for name in sorted(of)),
        months={key: promoted[key] for key in sorted(promoted)},
    )


def _of_model(name: ModelName, events: Sequence[Event], sizes: Sequence[int], goal: str | None) -> ModelFigures:
    return ModelFigures(
        name=name,
        versions=len(sizes),
        size=sum(sizes),
        newest=next((event.time for event in events if event.kind is Kind.REGISTERED), None) if sizes else None,
        placed=who_placed(events),
        promotions=_by_stage(events, Kind.PROMOTED),
        rollbacks=_by_stage(events, Kind.ROLLED_BACK),
        waits=tuple(_waits(events, goal)),
    )


def _by_stage(events: Iterable[Event], kind: Kind) -> Mapping[str, int]:
    counted = Counter(event.stage for event in events if event.kind is kind and event.stage)
    return {stage: counted[stage] for stage in sorted(counted)}


def _waits(events: Sequence[Event], goal: str | None) -> Iterable[timedelta]:
    registered: dict[Version | str | None, datetime] = {}
    for event in reversed(events):
        if event.kind is Kind.REGISTERED:
            registered[event.after] = event.time
        elif event.kind is Kind.PROMOTED and event.stage == goal and event.after in registered:
            # Only the first time counts. Clocks can differ, and nothing is promoted before it is there.
            yield max(event.time - registered.pop(event.after), timedelta())
