"""``modelyard protect``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

    from modelyard.api.protecting import Guarded

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard protect --check
  modelyard protect --check --branch main --gate "Validate model versions" --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--check", action="store_true", required=True, help="ask the forge, and name what is missing; nothing is set"
    )
    parser.add_argument("--branch", metavar="BRANCH", help="which branch (default: the forge's default branch)")
    parser.add_argument(
        "--gate", metavar="NAME", help="the check that runs the gate (default: Validate model versions)"
    )
    reading.add_place(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Name what is missing; the exit code is 1 where anything is, and 3 where it may be there unseen."""
    from modelyard.api.checkout import Checkout
    from modelyard.api.protecting import GATE, check_protection
    from modelyard.forges.purpose import Purpose

    guarded = check_protection(
        Checkout.at(arguments.registry),
        gate=arguments.gate or GATE,
        branch=arguments.branch,
        tell=console.note,
    )
    if arguments.format == "json":
        console.write(_as_json(guarded))
    else:
        _tell(guarded)
    if not guarded.certain:
        console.complain(
            "what is missing may be there where the token may not look",
            f"give the token {Purpose.PROTECTION.right(guarded.forge)}",
        )
        return 3
    return 1 if guarded.gaps else 0


def _tell(guarded: Guarded) -> None:
    from modelyard.reports.visible import visible

    for gap in guarded.gaps:
        console.say(f"missing: {visible(gap.message)}\n    hint: {visible(gap.hint)}")
    for remark in guarded.remarks:
        console.say(f"look at: {visible(remark)}")
    where = f"{guarded.branch} of {guarded.forge.project} on {guarded.forge.host}"
    if guarded.gaps:
        console.say(f"{visible(where)}: {len(guarded.gaps)} missing")
    else:
        console.say(f"{visible(where)}: {console.good('protected')} as the policy needs it")


def _as_json(guarded: Guarded) -> str:
    import json

    value = {
        "forge": guarded.forge.host,
        "project": guarded.forge.project,
        "branch": guarded.branch,
        "protected": not guarded.gaps,
        "certain": guarded.certain,
        "missing": [{"setting": gap.setting, "message": gap.message, "hint": gap.hint} for gap in guarded.gaps],
        "remarks": list(guarded.remarks),
    }
    return json.dumps(value, indent=2) + "\n"
