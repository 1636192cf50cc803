"""Who put a version where it is: of all that happened, what still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelyard.history.event import Kind
from modelyard.names import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelyard.history.event import Event
    from modelyard.names import ModelName

__all__ = ["Placed", "who_placed"]

# These tell of versions beside a stage, not in it.
_BESIDE = frozenset((Kind.HELD, Kind.RELEASED))


class Placed(NamedTuple):
    """A version in a stage, and the event that brought it there this time.

    :param share: percent of the stage's traffic; None where the version has all of it.
    """

    stage: str
    name: ModelName
    version: Version
    share: int | None
    event: Event


def who_placed(events: Iterable[Event]) -> tuple[Placed, ...]:
    """Return every version that is in a stage by now, sorted by model and stage, a stage's champion first.

    :param events: newest first, as :func:`modelyard.history.events` has them.
    """
    now: dict[tuple[ModelName, str], dict[Version, Event]] = {}
    shares: dict[tuple[ModelName, str], Event] = {}
    for event in reversed(list(events)):
        if event.stage and event.name and event.kind not in _BESIDE:
            place = event.name, event.stage
            versions = [each for each in (event.after, *event.traffic) if isinstance(each, Version)]
            until_now = now.get(place, {})
            now[place] = {version: until_now.get(version, event) for version in versions}
            shares[place] = event
    return tuple(
        Placed(place[1], place[0], version, shares[place].traffic.get(version), event)
        for place in sorted(now)
        for version, event in now[place].items()
    )
