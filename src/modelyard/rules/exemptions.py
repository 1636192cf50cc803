"""MY62x: does the policy set and waive what can be set and waived, and no more than is needed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.firm import is_firm, is_immutable
from modelyard.rules.rule import DatedRule, DocumentRule, LinkRule, RegistryRule, VersionRule
from modelyard.snapshot import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.document import Path
    from modelyard.documents.policy import Exemption
    from modelyard.rules.finding import Findings
    from modelyard.rules.rule import Waiving
    from modelyard.snapshot import Snapshot

__all__ = ["awaited", "expired", "unknown_rule", "unused"]


def expired(waiving: Waiving) -> Findings:
    """An exemption counts until the last day that it names, and is removed after that.

    What it covered is refused again. A list of exemptions that nobody clears is a list that nobody reads.

    Bad:
        exemptions:
          - rule: MY302
            path: model_registry/fraud-1.0.0/MODEL_CARD.md
            reason: The legal department has the text.
            expires: "2020-01-31"
    Good:
        exemptions: []
    """
    for index, exemption in _exemptions(waiving):
        if waiving.day and not exemption.holds_on(waiving.day):
            place = waiving.parsed.locate(("exemptions", index, "expires"))
            message = f"the exemption of {exemption.path} from {exemption.rule} ended on {exemption.expires}"
            yield Finding(POLICY, message, "mend what it covered and remove it, or give it a later day", place)


def unknown_rule(snapshot: Snapshot) -> Findings:
    """The policy names rules that exist, and sets or waives only what it may.

    Rules that all others rest on can't be lowered or begun for new versions only: a document that cannot be
    read, a pointer that DVC would obey, bytes that nobody reviewed. And no exemption lets a merged version be edited.

    Bad:
        rules:
          MY601: {severity: note}
    Good:
        rules:
          MY302: {severity: warning}
    """
    from modelyard.rules.catalogue import rule_by_code

    for path, code in _codes(snapshot):
        place = snapshot.parsed_policy.locate_key(path) if snapshot.parsed_policy else None
        exempting = path[0] == "exemptions"
        if not rule_by_code(code):
            yield Finding(POLICY, f"there is no rule {code}", "modelyard rules", place)
        elif exempting and is_immutable(code):
            hint = f"remove the entry; modelyard rules {code} says what to do instead"
            yield Finding(POLICY, f"nothing can be exempted from {code}", hint, place)
        elif not exempting and is_firm(code):
            hint = f"remove the entry; modelyard rules {code} says what the rule is for"
            yield Finding(POLICY, f"{code} cannot be set otherwise, since all others rest on it", hint, place)


def unused(waiving: Waiving) -> Findings:
    """An exemption covers a problem that is there; one that covers nothing any more is a hole that waits.

    It is told where everything is judged. Exemptions from rules on changes and on bytes are left out, since
    those find nothing in a registry that lies still, or only where the bytes are at hand.

    Bad:
        exemptions:
          - rule: MY302   # the section was written since
            path: model_registry/fraud-1.0.0/MODEL_CARD.md
            reason: The legal department has the text.
            expires: "2099-01-31"
    Good:
        exemptions: []
    """
    for index, exemption in _uncovered(waiving):
        if waiving.tree.id(exemption.path) is not None:
            place = waiving.parsed.locate(("exemptions", index))
            message = f"the exemption of {exemption.path} from {exemption.rule} covers nothing any more"
            yield Finding(POLICY, message, "remove it from the policy", place)


def awaited(waiving: Waiving) -> Findings:
    """An exemption may be merged before the thing that needs it, and is only noted until it ends.

    Exemptions are read from the base, so each of them is there before what it covers.

    Bad:
        exemptions:
          - rule: MY406
            path: model_registry/fruad-2.0.0/model.json   # misspelt: it will cover nothing
            reason: Small enough for Git.
            expires: "2099-01-31"
    Good:
        exemptions:
          - rule: MY406
            path: model_registry/fraud-2.0.0/model.json
            reason: Small enough for Git.
            expires: "2099-01-31"
    """
    for index, exemption in _uncovered(waiving):
        if waiving.tree.id(exemption.path) is None:
            place = waiving.parsed.locate(("exemptions", index, "path"))
            message = f"{exemption.path} is exempted from {exemption.rule}, but is not there yet"
            hint = f"nothing to do if it comes before {exemption.expires}; check the spelling otherwise"
            yield Finding(POLICY, message, hint, place)


def _exemptions(waiving: Waiving) -> Iterator[tuple[int, Exemption]]:
    policy = waiving.parsed.value
    yield from enumerate(policy.exemptions if policy else ())


def _uncovered(waiving: Waiving) -> Iterator[tuple[int, Exemption]]:
    from modelyard.rules.catalogue import rule_by_code

    if waiving.covered is None:
        return
    for index, exemption in _exemptions(waiving):
        rule = rule_by_code(exemption.rule)
        is_seen = isinstance(rule, (DatedRule, DocumentRule, LinkRule, RegistryRule, VersionRule))
        if is_seen and exemption.holds_on(waiving.day) and (exemption.rule, exemption.path) not in waiving.covered:
            yield index, exemption


def _codes(snapshot: Snapshot) -> Iterator[tuple[Path, str]]:
    policy = snapshot.parsed_policy.value if snapshot.parsed_policy else None
    if policy:
        yield from ((("rules", code), code) for code in policy.rules)
        yield from ((("exemptions", index, "rule"), each.rule) for index, each in enumerate(policy.exemptions))
