"""What the policy waives: exemptions of one rule for one path, for a reason, until a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.problems import sort_problems

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from modelyard.documents.policy import Policy
    from modelyard.problems import Problem

__all__ = ["without_exempted"]


def without_exempted(
    problems: Iterable[Problem],
    policy: Policy,
    moment: datetime | None,
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return the problems that stand, and those that an exemption of the policy covers at that moment."""
    day = moment.date() if moment else None
    waived = {(each.rule, each.path) for each in policy.exemptions if each.holds_on(day)}
    ordered = sort_problems(problems)
    kept = tuple(problem for problem in ordered if (problem.code, problem.path) not in waived)
    return kept, tuple(problem for problem in ordered if (problem.code, problem.path) in waived)
