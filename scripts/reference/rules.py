"""rules.md: the catalogue of rules, each explained by the docstring of the function that checks it."""

from __future__ import annotations

import sys
from itertools import groupby

from modelyard.rules.catalogue import RULES
from modelyard.rules.rule import (
    BytesRule,
    ChangeRule,
    DatedRule,
    DocumentRule,
    ExemptionRule,
    LinkRule,
    RegistryRule,
    RemoteRule,
    Rule,
    VersionRule,
)
from reference.markdown import prose, sentence, table

__all__ = ["page"]

_INTRODUCTION = """\
# Rules

What the gate asks, rule by rule. `modelyard rules` lists them, `modelyard rules MY601` explains one. A code is never
used again for anything else. A problem of severity error refuses a change; a warning or a note does not. The policy
may [set](policy.md#rules) how much a rule weighs and since when it counts, and may [exempt](policy.md#exemptions) one
path from one rule, for a reason and until a day.

"""
_SCOPES = {
    DocumentRule: "one document by itself",
    VersionRule: "one version's directory",
    LinkRule: "what a version names of the registry around it",
    DatedRule: "the times that a version states, as of the commit that is judged",
    RegistryRule: "the registry as a whole",
    ChangeRule: "what a change does, base against head",
    ExemptionRule: "the policy's exemptions, once all else was judged",
    BytesRule: "bytes of artifacts that lie at hand: in Git, in the work tree, in DVC's cache",
    RemoteRule: "what a remote says of a version's objects, under `--remote` alone",
}


def page() -> str:
    """Return the page."""
    rows = [(f"[{rule.code}](#{rule.code.lower()})", rule.severity.value, sentence(rule.summary)) for rule in RULES]
    families = [_family(list(rules)) for _number, rules in groupby(_ordered(), key=lambda rule: rule.code[:3])]
    return _INTRODUCTION + table(("code", "severity", "what is wrong"), rows) + "".join(families)


def _ordered() -> list[Rule]:
    return sorted(RULES, key=lambda rule: rule.code)


def _family(rules: list[Rule]) -> str:
    module = sys.modules[vars(rules[0])["check"].__module__]
    question = (module.__doc__ or "").partition(": ")[2].strip()
    # A rule can be checked beside those of another family; the first one's module names the family.
    return f"\n## {rules[0].code[:3]}xx: {question}\n" + "".join(map(_section, rules))


def _section(rule: Rule) -> str:
    return f"""
### {rule.code}

**{sentence(rule.summary)}** ({rule.severity.value})

{prose(rule.lesson.explanation)}
{_examples(rule)}
Looks at: {_SCOPES[type(rule)]}.
"""


def _examples(rule: Rule) -> str:
    """Return both examples as blocks, fenced by more backticks than either holds."""
    told = (("Bad", rule.lesson.bad), ("Good", rule.lesson.good))
    return "".join(f"\n{kind}:\n\n````text\n{example}\n````\n" for kind, example in told if example)
