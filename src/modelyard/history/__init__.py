"""History: what happened to a registry, when, and by whom, read from the first parents of its main branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard.history.event import Event, Kind
    from modelyard.history.reading import events
    from modelyard.history.stage_states import StageEvent, stage_events

__all__ = ["Event", "Kind", "StageEvent", "events", "stage_events"]

_HOMES = {
    **dict.fromkeys(("Event", "Kind"), "modelyard.history.event"),
    "events": "modelyard.history.reading",
    **dict.fromkeys(("StageEvent", "stage_events"), "modelyard.history.stage_states"),
}


def __getattr__(name: str) -> object:
    # A gate that asks whether a version was in a stage does not pay for the rest.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
