"""MY616 to MY629: does a change do one kind of thing, so that what judges it stays what it was?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.restoring import restore
from modelyard.snapshot import POLICY, version_path

if TYPE_CHECKING:
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["broken_policy", "delivery_alone", "mended_policy", "policy_and_content", "surroundings_and_content"]


def policy_and_content(transition: Transition) -> Findings:
    """The policy changes in a change of its own, never together with what it judges.

    A reviewer of a model looks at the model, and would let the rule that it needs slip through.

    Bad:
        M model_registry/registry.yaml
        A model_registry/fraud-2.0.0/metadata.yaml
    Good:
        M model_registry/registry.yaml
    """
    if transition.changes.policy and transition.changes.content and not transition.founds:
        message = f"the policy changes together with {_first(transition)}"
        hint = f"make two changes of it; to take the policy out of this one: {restore(transition, POLICY)}"
        yield Finding(POLICY, message, hint)


def surroundings_and_content(transition: Transition) -> Findings:
    """What decides which bytes are delivered, and who judges, changes apart from what the registry holds.

    That is DVC's configuration, and its pipelines in whatever folder; Git's attributes and submodules; workflows,
    code owners, hooks, and copies of the schemas. Whoever could change them together with a model could choose
    his own judge.

    Bad:
        M .dvc/config
        A model_registry/fraud-2.0.0/metadata.yaml
    Good:
        A model_registry/fraud-2.0.0/metadata.yaml
    """
    if transition.changes.content and not transition.founds:
        for path in (*transition.changes.delivering, *transition.changes.judging):
            message = f"{path} changes together with {_first(transition)}"
            hint = f"make two changes of it; to take the file out of this one: {restore(transition, path)}"
            yield Finding(path, message, hint)


def delivery_alone(transition: Transition) -> Findings:
    """What decides which bytes DVC and Git deliver changes only after somebody has looked at it.

    Another address of the remote sends everybody's credentials there, and a pipeline is a program. A reviewer
    says so by an exemption of exactly this file, which is merged first and ends soon.

    Bad:
        M .dvc/config
    Good:
        exemptions:           # merged before, in model_registry/registry.yaml
          - rule: MY618
            path: .dvc/config
            reason: The remote moves to the new storage.
            expires: "2099-01-31"
    """
    if not transition.changes.content and not transition.founds:
        for path in transition.changes.delivering:
            message = f"{path} decides which bytes are delivered, so a reviewer must have agreed to its change"
            entry = f'{{rule: MY618, path: {path}, reason: "…", expires: "YYYY-MM-DD"}}'
            yield Finding(path, message, f"merge this exemption into {POLICY} first: {entry}")


def broken_policy(transition: Transition) -> Findings:
    """Where the base's policy cannot be read, a change mends it and does nothing else.

    Bad:
        # model_registry/registry.yaml of the base
        stages: none
    Good:
        stages: []
    """
    parsed = transition.base.parsed_policy
    if transition.founds or transition.changes.empty or parsed is None or parsed.value:
        return
    fault = parsed.all_faults[0]
    mended = transition.head.parsed_policy
    if mended is None or mended.value is None:
        message = f"the policy of the base cannot be read ({fault.message}), and this change does not mend it"
        yield Finding(POLICY, message, fault.hint, fault.position)
    elif transition.changes.content:
        message = f"the policy of the base cannot be read ({fault.message}), so nothing else can be judged"
        yield Finding(POLICY, message, "mend the policy in a change of its own, and merge that first")


def mended_policy(transition: Transition) -> Findings:
    """A change that mends a policy which nobody could read is judged by the default one, and the report says so.

    It can be merged, since nothing else could mend the registry; look at it as closely as at any change of the policy.

    Bad:
        # model_registry/registry.yaml of the base
        stages: none
    Good:
        stages: []
    """
    parsed = transition.base.parsed_policy
    after = transition.head.parsed_policy
    if parsed and parsed.value is None and after and after.value and not transition.founds:
        message = "the policy of the base cannot be read, so the default policy judges its repair"
        yield Finding(POLICY, message, "compare it with the last policy that could be read: git log --patch " + POLICY)


def _first(transition: Transition) -> str:
    """Return one thing of the registry that changes, and how many more do."""
    changes = transition.changes
    paths = [*(version_path(each) for each in sorted((*changes.touched, *changes.removed)))]
    paths += [path for path in changes.files if path != POLICY and path not in changes.strays]
    more = len(paths) - 1
    return f"{paths[0]} and {more} more" if more else paths[0]
