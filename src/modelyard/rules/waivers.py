"""What the policy makes of problems: how much they weigh, since when they count, which it waives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.names import InvalidName, VersionId
from modelyard.problems import sort_problems
from modelyard.rules.firm import is_firm, is_immutable
from modelyard.snapshot import ROOT
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from modelyard.documents.policy import Policy
    from modelyard.problems import Problem
    from modelyard.snapshot import Snapshot

__all__ = ["older_by_date", "older_on", "weighed", "without_exempted"]


def weighed(
    problems: Iterable[Problem],
    policy: Policy,
    is_older: Callable[[VersionId, date], bool],
) -> tuple[Problem, ...]:
    """Return the problems as the policy weighs them, less those of rules that began after the version."""
    if not policy.rules:
        return sort_problems(problems)
    kept = (problem for problem in problems if not _spared(problem, policy, is_older))
    return sort_problems(_with_severity(problem, policy) for problem in kept)


def without_exempted(
    problems: Iterable[Problem],
    policy: Policy,
    moment: datetime | None,
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return the problems that stand, and those that an exemption of the policy covers at that moment."""
    day = moment.date() if moment else None
    waived = {
        (each.rule, each.path) for each in policy.exemptions if each.holds_on(day) and not is_immutable(each.rule)
    }
    ordered = sort_problems(problems)
    kept = tuple(problem for problem in ordered if (problem.code, problem.path) not in waived)
    return kept, tuple(problem for problem in ordered if (problem.code, problem.path) in waived)


def older_on(base: Snapshot) -> Callable[[VersionId, date], bool]:
    """Return what tells old versions in a change: those that the base has.

    The day does not matter, and neither does what a version says of itself.
    """
    return lambda version_id, _since: base.has(version_id)


def older_by_date(snapshot: Snapshot) -> Callable[[VersionId, date], bool]:
    """Return what tells old versions where there is no base: those created before the day, as they say.

    Nobody escapes a gate by a date of long ago: each version was new to the change that brought it.
    """

    def is_older(version_id: VersionId, since: date) -> bool:
        from datetime import timezone

        from modelyard.documents.scalars import parse_timestamp

        parsed = snapshot.version(version_id).metadata
        if not parsed or not parsed.value:
            return False
        return parse_timestamp(parsed.value.created_at).astimezone(timezone.utc).date() < since

    return is_older


def _with_severity(problem: Problem, policy: Policy) -> Problem:
    setting = policy.rules.get(problem.code)
    if setting is None or setting.severity is None or is_firm(problem.code):
        return problem
    return replace(problem, severity=setting.severity)


def _spared(problem: Problem, policy: Policy, is_older: Callable[[VersionId, date], bool]) -> bool:
    setting = policy.rules.get(problem.code)
    if setting is None or setting.since is None or is_firm(problem.code):
        return False
    version_id = _version_of(problem.path)
    return version_id is not None and is_older(version_id, setting.since)


def _version_of(path: str) -> VersionId | None:
    root, _, rest = path.partition("/")
    try:
        return VersionId.from_directory(rest.partition("/")[0]) if root == ROOT else None
    except InvalidName:
        return None
