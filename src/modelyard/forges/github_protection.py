"""How GitHub tells that a branch is protected: by active rules of rulesets, and by classic branch protection.

Both may be there, and then both hold. Sources: https://docs.github.com/rest/repos/rules
and https://docs.github.com/rest/branches/branch-protection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.forges.protection import Protection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["of_branch_protection", "of_rule", "of_ruleset"]

Value = dict[str, Any]


def of_rule(rule: Value) -> Protection:
    """Return what one active rule makes sure of, of those that a branch's rules are listed as."""
    given: Mapping[str, Any] = rule.get("parameters") or {}
    kind = rule["type"]
    if kind == "pull_request":
        return Protection(
            requests=True,
            approvals=given["required_approving_review_count"],
            code_owners=given["require_code_owner_review"],
            fresh=given["dismiss_stale_reviews_on_push"],
            another=given["require_last_push_approval"],
        )
    if kind == "required_status_checks":
        return Protection(
            checks=frozenset(check["context"] for check in given["required_status_checks"]),
            up_to_date=given["strict_required_status_checks_policy"],
        )
    # A merge queue judges what would be merged.
    return Protection(
        up_to_date=kind == "merge_queue", kept_history=kind == "non_fast_forward", kept=kind == "deletion"
    )


def of_ruleset(ruleset: Value) -> Protection:
    """Return who may bypass a ruleset, which GitHub tells only those who may change it."""
    name = ruleset["name"]
    if "bypass_actors" not in ruleset:
        return Protection(remarks=(f"the token may not see who may bypass ruleset {name!r}",))
    actors = map(_actor, ruleset["bypass_actors"])
    return Protection(remarks=tuple(f"{actor} may bypass ruleset {name!r}" for actor in actors))


def of_branch_protection(value: Value) -> Protection:
    """Return what classic branch protection makes sure of."""
    checks = value.get("required_status_checks") or {}
    reviews = value.get("required_pull_request_reviews") or {}
    return Protection(
        requests=bool(reviews),
        approvals=reviews.get("required_approving_review_count", 0),
        code_owners=reviews.get("require_code_owner_reviews", False),
        fresh=reviews.get("dismiss_stale_reviews", False),
        another=reviews.get("require_last_push_approval", False),
        # `contexts` is older than `checks`, and an old server knows nothing else.
        checks=frozenset((*checks.get("contexts", ()), *(each["context"] for each in checks.get("checks", ())))),
        up_to_date=checks.get("strict", False),
        kept_history=not _enabled(value, "allow_force_pushes"),
        kept=not _enabled(value, "allow_deletions"),
        remarks=tuple(_bypasses(value, reviews)),
    )


def _enabled(value: Value, name: str) -> bool:
    return bool((value.get(name) or {}).get("enabled", False))


def _bypasses(value: Value, reviews: Value) -> Iterator[str]:
    if not _enabled(value, "enforce_admins"):
        yield "administrators may bypass branch protection"
    allowed = reviews.get("bypass_pull_request_allowances") or {}
    for kind, key in (("users", "login"), ("teams", "slug"), ("apps", "slug")):
        for each in allowed.get(kind, ()):
            yield f"{each[key]} may push without a pull request"


def _actor(actor: Value) -> str:
    number = actor.get("actor_id")
    return f"{actor['actor_type']} {number}" if number else str(actor["actor_type"])
