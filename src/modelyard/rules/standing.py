"""MY63x: does the registry that the base has still stand after the change?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.restoring import restore
from modelyard.snapshot import POLICY, ROOT

if TYPE_CHECKING:
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["policy_gone", "registry_gone"]


def policy_gone(transition: Transition) -> Findings:
    """The policy is changed and never removed: without it the default one judges all that comes after.

    Whoever could remove the file would remove every gate, owner and allow-list with it, in a change that
    breaks none of them.

    Bad:
        D model_registry/registry.yaml
    Good:
        M model_registry/registry.yaml
    """
    before, after = transition.base.parsed_policy, transition.head.parsed_policy
    # One that nobody could read is no loss; what may be done about it, another rule says.
    if before and before.value and not after and transition.head.exists:
        message = "the policy is removed, and its gates, owners and allow-lists with it"
        yield Finding(POLICY, message, restore(transition, POLICY))


def registry_gone(transition: Transition) -> Findings:
    """What was a registry stays one: a folder with at least its policy.

    With the registry itself all that a rule could look at would be gone, and a file or a link in its place
    would stand outside of every rule.

    Bad:
        T model_registry
    Good:
        M model_registry/registry.yaml
    """
    if transition.base.exists and not transition.head.exists:
        leaf = transition.head.tree.leaf(ROOT)
        what = f"is a {leaf.kind.value} now, and no registry" if leaf else "is removed, and the registry with it"
        yield Finding(ROOT, f"{ROOT} {what}", restore(transition, ROOT))
