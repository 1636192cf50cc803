"""How GitLab tells that a branch is protected: by rules for branches, settings of the project, and approval rules.

Sources: https://docs.gitlab.com/api/protected_branches/, https://docs.gitlab.com/api/projects/,
https://docs.gitlab.com/api/merge_request_approvals/ and, on several rules for one branch,
https://docs.gitlab.com/user/project/repository/branches/protection_rules/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.forges.failures import Denied
from modelyard.forges.protection import Protection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["protection_of"]

Value = dict[str, Any]
_NOBODY = 0
_PAGE = "per_page=100"
# What a rule asks for may not be somebody's approval of the whole request.
_PEOPLE = ("regular", "any_approver")


def protection_of(get: Callable[[str], Any], project: str, branch: str) -> Protection:
    """Return how a branch is protected.

    :param get: returns the value at a path of the interface, and raises ``Denied`` where it may not be seen.
    :param project: the project's own path there.
    """
    settings = get(project)
    rules = [rule for rule in get(f"{project}/protected_branches?{_PAGE}") if _matches(rule["name"], branch)]
    approvals = _seen(get, f"{project}/approval_rules?{_PAGE}")
    # What is missing on GitLab Free is there on no branch.
    options: Value = _seen(get, f"{project}/approvals") or {}
    pipelines = settings["only_allow_merge_if_pipeline_succeeds"] and not settings.get(
        "allow_merge_on_skipped_pipeline"
    )
    return Protection(
        # Of several rules the most permissive one holds, but for code owners.
        requests=bool(rules) and all(_closed(rule) for rule in rules),
        approvals=_approvals(approvals or (), branch),
        code_owners=any(rule.get("code_owner_approval_required", False) for rule in rules),
        fresh=options.get("reset_approvals_on_push", False),
        another=options.get("merge_requests_disable_committers_approval", False),
        checks=None if pipelines else frozenset(),
        up_to_date=settings["merge_method"] in ("ff", "rebase_merge") or settings.get("merge_trains_enabled", False),
        kept_history=bool(rules) and not any(rule.get("allow_force_push", False) for rule in rules),
        kept=bool(rules),
        # Free has none, and answers like Premium does to a token that may not see them.
        remarks=() if approvals is not None else ("the token may not see approval rules, which take GitLab Premium",),
    )


def _matches(pattern: str, branch: str) -> bool:
    """Whether a rule's name, in which stars stand for anything, matches a branch; in linear time."""
    first, *others = pattern.split("*")
    if not others:
        return pattern == branch
    if not branch.startswith(first):
        return False
    position = len(first)
    for part in others[:-1]:
        found = branch.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return branch.endswith(others[-1]) and len(branch) - len(others[-1]) >= position


def _closed(rule: Value) -> bool:
    # A deploy key has a level as well, and pushes all the same.
    levels = rule["push_access_levels"]
    return all(
        level["access_level"] == _NOBODY and not any(level.get(f"{who}_id") for who in ("user", "group", "deploy_key"))
        for level in levels
    )


def _approvals(rules: Iterable[Value], branch: str) -> int:
    holding = [rule for rule in rules if rule["rule_type"] in _PEOPLE and _holds(rule, branch)]
    return max((rule["approvals_required"] for rule in holding), default=0)


def _holds(rule: Value, branch: str) -> bool:
    limited = rule.get("protected_branches") or ()
    return not limited or any(_matches(each["name"], branch) for each in limited)


def _seen(get: Callable[[str], Any], path: str) -> Any:
    try:
        return get(path)
    except Denied:
        return None
