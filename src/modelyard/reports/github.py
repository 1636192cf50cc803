"""A judgement for GitHub Actions: one annotation at its line for each problem.

Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from modelyard.problems import Severity
from modelyard.reports import text
from modelyard.reports.states import gravest_first
from modelyard.reports.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.problems import Problem
    from modelyard.rules.judgement import Judgement

__all__ = ["render"]

_LEVELS = {Severity.ERROR: "error", Severity.REVIEW: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MOST_OF_A_STEP = 10


def render(judgement: Judgement) -> str:
    """Return the annotations, the gravest first, then the same report that people get.

    Text of the registry can't start a command of its own: it never begins a line, and what the
    format gives a meaning to is escaped.
    """
    lines = [*map(_annotation, gravest_first(judgement.problems)), *_left_out(judgement)]
    report = "".join(f"{line}\n" for line in lines) + text.render(judgement)
    # Runners obey the older form of a command, ##[name], anywhere in a line.
    return report.replace("##[", "# #[")


def _annotation(problem: Problem) -> str:
    properties = f"file={_property(problem.path)}"
    if problem.position:
        properties += f",line={problem.position.line},col={problem.position.column}"
    message = _data(f"{problem.message}. {problem.hint}")
    return f"::{_LEVELS[problem.severity]} {properties},title={problem.code}::{message}"


def _left_out(judgement: Judgement) -> Iterator[str]:
    levels = Counter(_LEVELS[problem.severity] for problem in judgement.problems)
    left_out = sum(max(0, count - _MOST_OF_A_STEP) for count in levels.values())
    if left_out:
        yield (
            f"GitHub shows {_MOST_OF_A_STEP} annotations of each level for a step, the gravest first: "
            f"{text.counted(left_out, 'more problem')} only below"
        )


def _data(value: str) -> str:
    return visible(value).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
