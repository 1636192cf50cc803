"""A judgement for programs: one JSON object, the same bytes for the same input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelyard.problems import Problem
    from modelyard.rules.judgement import Judgement

__all__ = ["render"]


def render(judgement: Judgement) -> str:
    """Return the object, with an empty list where there is nothing to tell."""
    return json.dumps(_as_value(judgement), indent=2) + "\n"


def _as_value(judgement: Judgement) -> dict[str, Any]:
    return {
        "refused": judgement.refused,
        "subject": judgement.subject.value if judgement.subject else None,
        "commit": judgement.commit,
        "base": judgement.base,
        "base_reason": judgement.base_reason,
        "founded": judgement.founded,
        "versions": [str(version_id) for version_id in judgement.versions],
        "problems": [_problem(problem) for problem in judgement.problems],
        "pre_existing": [_problem(problem) for problem in judgement.pre_existing],
        "healed": [_problem(problem) for problem in judgement.healed],
        "exempted": [_problem(problem) for problem in judgement.exempted],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    position = problem.position
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.path,
        "line": position.line if position else None,
        "column": position.column if position else None,
        "message": problem.message,
        "hint": problem.hint,
    }
