"""``modelyard rules``."""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING, Any

from modelyard.cli import console
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from modelyard.rules.rule import Rule

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard rules MY601
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("code", nargs="?", metavar="CODE", help="one rule, such as MY601 (default: all)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """List all rules, or explain one."""
    from modelyard.rules.catalogue import RULES, rule_by_code

    rules = RULES
    if arguments.code:
        rule = rule_by_code(arguments.code.upper())
        if rule is None:
            raise UsageError(f"there is no rule {arguments.code!r}", hint="modelyard rules")
        rules = (rule,)
    if arguments.format == "json":
        console.say(json.dumps([_as_value(rule) for rule in rules], indent=2))
    elif arguments.code:
        console.say(_explained(rules[0]))
    else:
        console.say(console.table(("CODE", "SEVERITY", "WHAT IS WRONG"), [_row(rule) for rule in rules]))
    return 0


def _row(rule: Rule) -> tuple[str, str, str]:
    return (rule.code, rule.severity.value, rule.summary)


def _as_value(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "explanation": rule.lesson.explanation,
        "bad": rule.lesson.bad,
        "good": rule.lesson.good,
    }


def _explained(rule: Rule) -> str:
    lesson = rule.lesson
    told = [f"{rule.code} ({rule.severity.value}): {rule.summary}", lesson.explanation]
    examples = (("bad", lesson.bad), ("good", lesson.good))
    told += [f"{kind}:\n{indent(example, '    ')}" for kind, example in examples if example]
    return "\n\n".join(told)
