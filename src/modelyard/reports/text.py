"""A judgement for people: one line per problem, one per hint, then what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.problems import Severity
from modelyard.reports.bound import caveats, subject
from modelyard.reports.style import PLAIN
from modelyard.reports.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.problems import Problem
    from modelyard.reports.style import Style
    from modelyard.rules.judgement import Judgement

__all__ = ["counted", "place", "remarks", "render", "render_problem", "verdict"]


def render(judgement: Judgement, *, style: Style = PLAIN) -> str:
    """Return the report; the last line says what was judged and how it ended."""
    lines = [line for problem in judgement.problems for line in render_problem(problem, style=style)]
    lines += map(style.dim, remarks(judgement))
    lines.append(verdict(judgement, style=style))
    return "\n".join(lines) + "\n"


def render_problem(problem: Problem, *, style: Style = PLAIN) -> Iterator[str]:
    """Yield the lines of one problem: place, severity, code and message; then the hint."""
    colour = style.red if problem.severity.refuses else style.yellow
    yield f"{style.bold(place(problem))}: {colour(problem.severity.value)} {problem.code} {visible(problem.message)}"
    yield f"    {style.dim('hint:')} {visible(problem.hint)}"


def place(problem: Problem) -> str:
    """Return ``path``, or ``path:line:column`` where the problem has a position."""
    if problem.position is None:
        return visible(problem.path)
    return f"{visible(problem.path)}:{problem.position.line}:{problem.position.column}"


def remarks(judgement: Judgement) -> Iterator[str]:
    """Yield what is to be said beside the problems that count, a line each: exemptions, caveats, commits."""
    if judgement.pre_existing:
        yield f"{counted(len(judgement.pre_existing), 'problem')} the base has as well, not counted"
    if judgement.healed:
        yield f"{counted(len(judgement.healed), 'problem')} of the base healed"
    for problem in judgement.exempted:
        yield f"exempted by the policy: {problem.code} at {visible(problem.path)}"
    yield from caveats(judgement)
    if subject(judgement):
        yield f"judged: {subject(judgement)}"


def verdict(judgement: Judgement, *, style: Style = PLAIN) -> str:
    """Return how it ended and what was counted, as one line."""
    refusing = sum(problem.severity.refuses for problem in judgement.problems)
    warnings = sum(problem.severity is Severity.WARNING for problem in judgement.problems)
    outcome = style.red("refused") if refusing else style.green("passed")
    counts = [counted(refusing, "problem") if refusing else "no problems"]
    counts += [counted(warnings, "warning")] if warnings else []
    counts += [f"{counted(len(judgement.versions), 'model version')} judged"] if judgement.versions else []
    return f"{outcome}: {', '.join(counts)}"


def counted(number: int, noun: str) -> str:
    """Return the number with its noun: ``1 problem``, ``2 problems``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
