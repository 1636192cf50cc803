"""A judgement for people: one line per problem, one per hint, then what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.problems import Severity
from modelyard.reports.style import PLAIN
from modelyard.reports.visible import visible
from modelyard.rules.judgement import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.problems import Problem
    from modelyard.reports.style import Style
    from modelyard.rules.judgement import Judgement

__all__ = ["counted", "place", "remarks", "render", "render_problem", "subject", "verdict"]

_ABBREVIATED = 12


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


def subject(judgement: Judgement) -> str:
    """Return what the verdict is bound to and why; empty for what no id is bound to: a work tree, a proposal."""
    if judgement.commit:
        name = f"commit {judgement.commit[:_ABBREVIATED]}"
    elif judgement.subject is Subject.INDEX:
        name = "the index"
    else:
        return ""
    against = f" against {judgement.base[:_ABBREVIATED]}" if judgement.base else ""
    return name + against + (f", {visible(judgement.base_reason)}" if judgement.base_reason else "")


def remarks(judgement: Judgement) -> Iterator[str]:
    """Yield what is to be said beside the problems that count, a line each: the base, exemptions, commits."""
    if judgement.founded:
        yield "the base has no registry yet: this change founds it, and its own policy judges it"
    if judgement.pre_existing:
        yield f"{counted(len(judgement.pre_existing), 'problem')} the base has as well, not counted"
    if judgement.healed:
        yield f"{counted(len(judgement.healed), 'problem')} of the base healed"
    for problem in judgement.exempted:
        yield f"exempted by the policy: {problem.code} at {visible(problem.path)}"
    if not judgement.changes_seen:
        yield "nothing below model_registry/ changed"
    if judgement.base and judgement.commit and not (judgement.owners_judged or judgement.founded):
        yield "owners were not judged: nobody said who makes this change (--actor NAME)"
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
