"""A judgement as SARIF 2.1.0.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
GitHub's code scanning asks for a region with each result and takes 25,000 of them; it knows neither
``baselineState`` nor ``suppressions``, so what is uploaded there should have been judged without a base.
"""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING, Any

from modelyard import __version__
from modelyard.problems import Severity
from modelyard.reports.bound import caveats
from modelyard.reports.states import State, compared, stated
from modelyard.reports.text import counted
from modelyard.reports.visible import visible
from modelyard.rules.catalogue import RULES
from modelyard.rules.rule import ChangeRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.reports.states import Stated
    from modelyard.rules.judgement import Judgement
    from modelyard.rules.rule import Rule

__all__ = ["render"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MOST_RESULTS = 25_000
_MOST_CHARACTERS = 1000
_ROOT = "SRCROOT"
_LEVELS = {
    Severity.ERROR: "error",
    Severity.REVIEW: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}
# An exemption is one of the base: what it covers is nothing new.
_BASELINE = {
    State.INTRODUCED: "new",
    State.PRE_EXISTING: "unchanged",
    State.EXEMPTED: "unchanged",
    State.HEALED: "absent",
}


def render(judgement: Judgement, rules: Sequence[Rule] = RULES) -> str:
    """Return a log of one run, with every rule of those that such a judgement runs."""
    against_base = compared(judgement)
    ran = [rule for rule in rules if against_base or not isinstance(rule, ChangeRule)]
    indices = {rule.code: index for index, rule in enumerate(ran)}
    found = stated(judgement)
    results = [_result(each, indices, against_base=against_base) for each in found[:_MOST_RESULTS]]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "modelyard", "semanticVersion": __version__, "rules": [*map(_descriptor, ran)]}},
        "invocations": [_invocation(judgement, len(found) - len(results))],
        "automationDetails": {"id": f"modelyard/{judgement.commit or ''}"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "commit": judgement.commit,
            "base": judgement.base,
            "founded": judgement.founded,
            "actor": judgement.actor,
            "owners_judged": judgement.owners_judged,
        },
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _descriptor(rule: Rule) -> dict[str, Any]:
    lesson = rule.lesson
    examples = [(word, text) for word, text in (("Bad", lesson.bad), ("Good", lesson.good)) if text]
    plain = "".join(f"\n\n{word}:\n\n{text}" for word, text in examples)
    # Indented: an example may hold a fence of its own.
    marked = "".join(f"\n\n{word}:\n\n{indent(text, '    ')}" for word, text in examples)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in vars(rule)["check"].__name__.split("_")),
        "shortDescription": {"text": f"{rule.summary[0].upper()}{rule.summary[1:]}."},
        "fullDescription": {"text": _cut(lesson.explanation)},
        "help": {"text": lesson.explanation + plain, "markdown": lesson.explanation + marked},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _invocation(judgement: Judgement, left_out: int) -> dict[str, Any]:
    told = [("note", each) for each in caveats(judgement)]
    if left_out:
        told.append(("warning", f"{counted(left_out, 'result')} left out: a run holds at most {_MOST_RESULTS}."))
    notifications = [{"level": level, "message": {"text": text}} for level, text in told]
    return {"executionSuccessful": True, **({"toolExecutionNotifications": notifications} if told else {})}


def _result(each: Stated, indices: dict[str, int], *, against_base: bool) -> dict[str, Any]:
    problem = each.problem
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "level": _LEVELS[problem.severity],
        "message": {"text": _message(f"{problem.message}. {problem.hint}")},
        "locations": [{"physicalLocation": _location(each)}],
        # The first name is the one that GitHub looks for.
        "partialFingerprints": {"primaryLocationLineHash": each.fingerprint, "modelyard/v1": each.fingerprint},
    }
    if problem.code in indices:
        result["ruleIndex"] = indices[problem.code]
    if against_base:
        result["baselineState"] = _BASELINE[each.state]
    if each.state is State.EXEMPTED:
        reason = {"justification": _message(each.reason)} if each.reason else {}
        result["suppressions"] = [{"kind": "external", "status": "accepted", **reason}]
    return result


def _location(each: Stated) -> dict[str, Any]:
    position = each.problem.position
    # Without a region code scanning shows nothing; the first line, and no column, stand for the file.
    region = {"startLine": position.line, "startColumn": position.column} if position else {"startLine": 1}
    return {"artifactLocation": {"uri": _uri(each.problem.path), "uriBaseId": _ROOT}, "region": region}


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.encode("utf-8", "surrogateescape"), safe="/")


def _message(text: str) -> str:
    # In a message of SARIF, [text](target) is a link.
    return _cut(visible(text).replace("](", "] ("))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"
