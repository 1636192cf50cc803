"""A judgement as Markdown: what a job summary or the comment on a pull request shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.reports.bound import caveats, subject
from modelyard.reports.markup import code, prose
from modelyard.reports.states import State, stated, weight
from modelyard.reports.text import counted, place, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelyard.reports.states import Stated
    from modelyard.rules.judgement import Judgement

__all__ = ["MOST_BYTES", "render"]

MOST_BYTES = 60_000
"""The most that a report has: a comment on GitHub holds 65,536 characters, and its workflow adds some of its own."""

_ROOM_FOR_THE_END = 200


def render(judgement: Judgement, *, most: int = MOST_BYTES) -> str:
    """Return the report, of at most so many bytes; where it is cut, its last line says how much is left out."""
    outcome, _, counts = verdict(judgement).partition(": ")
    head = [f"## modelyard: {outcome}", "", f"**{outcome.capitalize()}**: {counts}.{_subject(judgement)}"]
    head += [line for each in caveats(judgement) for line in ("", f"{each[0].upper()}{each[1:]}.")]
    room = _Room(most - _size(head) - _ROOM_FOR_THE_END)
    found = stated(judgement)
    sections = (_section(state, [each for each in found if each.state is state], room) for state in State)
    body = [line for section in sections for line in section]
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


def _title(state: State, count: int) -> str:
    problems = counted(count, "problem")
    return {
        State.PRESENT: "Found",
        State.INTRODUCED: "Introduced by this change",
        State.PRE_EXISTING: f"{problems} the base has as well",
        State.HEALED: f"{problems} of the base healed",
        State.EXEMPTED: f"{problems} exempted by the policy",
    }[state]


def _section(state: State, found: list[Stated], room: _Room) -> list[str]:
    """Return a heading and its problems; what does not refuse is folded away."""
    if not found:
        return []
    title = _title(state, len(found))
    is_open = state in (State.PRESENT, State.INTRODUCED)
    opening = ["", f"### {title}", ""] if is_open else ["", "<details>", f"<summary>{title}</summary>", ""]
    closing = [] if is_open else ["", "</details>"]
    if not room.holds([*opening, *closing]):
        room.refused += len(found)
        return []
    told = opening
    for each in sorted(found, key=lambda one: weight(one.problem)):
        line = _problem(each)
        if room.holds([line]):
            told.append(line)
        else:
            room.refused += 1
    return told + closing


def _problem(each: Stated) -> str:
    # One line: what strangers wrote never begins one.
    problem = each.problem
    where = f"**{problem.severity.value} {problem.code}** {code(place(problem))}"
    advice = f"Reason: {prose(each.reason)}" if each.reason else f"Hint: {prose(problem.hint)}"
    return f"- {where}<br>{prose(problem.message)}<br>{advice}"
