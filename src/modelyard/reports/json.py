"""A judgement for programs: one JSON object, as ``schemas/REPORT_SCHEMA.json`` describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelyard import __version__
from modelyard.reports.states import State, stated

if TYPE_CHECKING:
    from modelyard.reports.states import Stated
    from modelyard.rules.judgement import Judgement

__all__ = ["SCHEMA_VERSION", "as_value", "render"]

SCHEMA_VERSION = 1


def render(judgement: Judgement) -> str:
    """Return the object, with an empty list where there is nothing to tell.

    Paths and messages are as they are, escaped to ASCII: what prints them has to make them visible.
    """
    return json.dumps(as_value(judgement), indent=2) + "\n"


def as_value(judgement: Judgement) -> dict[str, Any]:
    """Return the object before it is text."""
    found = stated(judgement)
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "modelyard", "version": __version__},
        "refused": judgement.refused,
        "subject": judgement.subject.value if judgement.subject else None,
        "commit": judgement.commit,
        "base": judgement.base,
        "base_reason": judgement.base_reason,
        "founded": judgement.founded,
        "actor": judgement.actor,
        "owners_judged": judgement.owners_judged,
        "versions": [str(version_id) for version_id in judgement.versions],
        "problems": _in(found, State.PRESENT, State.INTRODUCED),
        "pre_existing": _in(found, State.PRE_EXISTING),
        "healed": _in(found, State.HEALED),
        "exempted": _in(found, State.EXEMPTED),
    }


def _in(found: tuple[Stated, ...], *states: State) -> list[dict[str, Any]]:
    return [_problem(each) for each in found if each.state in states]


def _problem(each: Stated) -> dict[str, Any]:
    problem = each.problem
    position = problem.position
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "state": each.state.value,
        "path": problem.path,
        "line": position.line if position else None,
        "column": position.column if position else None,
        "message": problem.message,
        "hint": problem.hint,
        "fingerprint": each.fingerprint,
        "reason": each.reason,
    }
