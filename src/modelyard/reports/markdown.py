"""A judgement as Markdown: what a job summary or the comment on a pull request shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.reports.markup import code, prose
from modelyard.reports.states import compared, gravest_first
from modelyard.reports.text import counted, place, subject, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.problems import Problem
    from modelyard.rules.judgement import Judgement

__all__ = ["MOST_BYTES", "render"]

MOST_BYTES = 60_000
"""The most that a report has: a comment on GitHub holds 65,536 characters, and its workflow adds some of its own."""

_FOUNDED = "The base has no registry yet: this change founds it, and its own policy judges it."
_ROOM_FOR_THE_END = 200


def render(judgement: Judgement, *, most: int = MOST_BYTES) -> str:
    """Return the report, of at most so many bytes; where it is cut, its last line says how much is left out."""
    outcome, _, counts = verdict(judgement).partition(": ")
    head = [f"## modelyard: {outcome}", "", f"**{outcome.capitalize()}**: {counts}.{_subject(judgement)}"]
    head += ["", _FOUNDED] if judgement.founded else []
    room = _Room(most - _size(head) - _ROOM_FOR_THE_END)
    body = [line for section in _sections(judgement) for line in _section(*section, room)]
    end = ["", f"{counted(room.refused, 'more problem')} left out here: `modelyard validate` tells them all."]
    return "\n".join([*head, *body, *(end if room.refused else []), ""])


class _Room:
    """How many bytes are left, and how many problems did not fit."""

    def __init__(self, left: int) -> None:
        self._left = left
        self.refused = 0

    def holds(self, lines: list[str]) -> bool:
        """Whether the lines still fit; if so, they have taken their room."""
        if self.refused or _size(lines) > self._left:
            return False
        self._left -= _size(lines)
        return True


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode("utf-8")) + 1 for line in lines)


def _subject(judgement: Judgement) -> str:
    told = subject(judgement)
    return f" Judged: {told}." if told else ""


def _sections(judgement: Judgement) -> Iterator[tuple[str, tuple[Problem, ...], bool]]:
    """Yield title, problems, and whether they are folded away."""
    yield "Introduced by this change" if compared(judgement) else "Found", judgement.problems, False
    yield f"{counted(len(judgement.pre_existing), 'problem')} the base has as well", judgement.pre_existing, True
    yield f"{counted(len(judgement.healed), 'problem')} of the base healed", judgement.healed, True
    yield f"{counted(len(judgement.exempted), 'problem')} exempted by the policy", judgement.exempted, True


def _section(title: str, problems: tuple[Problem, ...], folded: bool, room: _Room) -> list[str]:  # noqa: FBT001
    if not problems:
        return []
    opening = ["", "<details>", f"<summary>{title}</summary>", ""] if folded else ["", f"### {title}", ""]
    closing = ["", "</details>"] if folded else []
    if not room.holds([*opening, *closing]):
        room.refused += len(problems)
        return []
    told = [*opening]
    for problem in gravest_first(problems):
        line = _problem(problem)
        if room.holds([line]):
            told.append(line)
        else:
            room.refused += 1
    return told + closing


def _problem(problem: Problem) -> str:
    # One line: what strangers wrote never begins one.
    where = f"**{problem.severity.value} {problem.code}** {code(place(problem))}"
    return f"- {where}<br>{prose(problem.message)}<br>Hint: {prose(problem.hint)}"
