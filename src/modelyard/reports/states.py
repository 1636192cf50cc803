"""Where a problem stands between base and head, and what it is known by from one report to the next."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.problems import Severity
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.problems import Problem
    from modelyard.rules.judgement import Judgement

__all__ = ["State", "Stated", "compared", "gravest_first", "stated", "weight"]

_WEIGHTS = {severity: weight for weight, severity in enumerate(Severity)}


class State(str, Enum):
    """What a judgement says about one problem.

    ``present`` is a problem of what was judged by itself. Against a base it is ``introduced`` by the
    change, ``pre-existing`` on the base as well, or ``healed``: on the base alone. ``exempted`` is
    covered by an exemption of the policy. Only the first two can refuse.
    """

    PRESENT = "present"
    INTRODUCED = "introduced"
    PRE_EXISTING = "pre-existing"
    HEALED = "healed"
    EXEMPTED = "exempted"


@dataclass(frozen=True)
class Stated:
    """A problem as a report tells it.

    :param fingerprint: 64 hexadecimal digits, no two alike in a report.
    :param reason: why the policy exempts it; None where it does not.
    """

    state: State
    problem: Problem
    fingerprint: str
    reason: str | None = None


def compared(judgement: Judgement) -> bool:
    """Whether a base was judged as well."""
    return bool(judgement.base or judgement.founded or judgement.pre_existing or judgement.healed)


def stated(judgement: Judgement) -> tuple[Stated, ...]:
    """Return every problem of a judgement, those that can refuse first.

    A fingerprint is made of code, path and message, so it survives a line that moves; where they are
    the same twice, the second counts.
    """
    seen: dict[tuple[str, ...], int] = {}
    reasons = {(each.rule, each.path): each.reason for each in judgement.exemptions}
    return tuple(
        Stated(state, problem, _fingerprint(problem, seen), _reason(state, problem, reasons))
        for state, problem in _with_states(judgement)
    )


def gravest_first(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems by severity, and those of one severity in the order of a report."""
    return sorted(problems, key=weight)


def weight(problem: Problem) -> int:
    """Return a number that is the smaller the graver the problem is."""
    return _WEIGHTS[problem.severity]


def _with_states(judgement: Judgement) -> Iterator[tuple[State, Problem]]:
    groups = (
        (State.INTRODUCED if compared(judgement) else State.PRESENT, judgement.problems),
        (State.PRE_EXISTING, judgement.pre_existing),
        (State.EXEMPTED, judgement.exempted),
        (State.HEALED, judgement.healed),
    )
    for state, problems in groups:
        for problem in problems:
            yield state, problem


def _reason(state: State, problem: Problem, reasons: dict[tuple[str, str], str]) -> str | None:
    return reasons.get((problem.code, problem.path)) if state is State.EXEMPTED else None


def _fingerprint(problem: Problem, seen: dict[tuple[str, ...], int]) -> str:
    import json
    from hashlib import sha256

    count = seen[problem.fingerprint] = seen.get(problem.fingerprint, 0) + 1
    # JSON keeps the parts apart, whatever characters they hold.
    identity = [*problem.fingerprint, *([count] if count > 1 else [])]
    return sha256(json.dumps(identity).encode("ascii")).hexdigest()
