"""``modelyard decision``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

    from modelyard.api.deciding import Decision

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard decision show fraud@production
  modelyard decision verify fraud@production
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "action",
        choices=("show", "verify"),
        help="show the evidence, computed again; or verify too that it is what the stage's document states",
    )
    parser.add_argument("reference", metavar="NAME@STAGE", help="a model in a stage")
    parser.add_argument("--head", default="HEAD", metavar="REV", help="where history ends (default: HEAD)")
    reading.add_place(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Show what was decided on, or say that it can be trusted; what can't be is an exception."""
    from modelyard.api.deciding import find_decision, verify_decision
    from modelyard.api.repository import Repository

    repository = Repository.at(arguments.registry)
    find = verify_decision if arguments.action == "verify" else find_decision
    decision = find(repository, arguments.reference, head=arguments.head)
    if arguments.format == "json":
        console.say(json.dumps(_as_value(decision), indent=2))
    elif arguments.action == "verify":
        console.say(
            f"{console.good('agrees')}: {decision.version_id} in {decision.stage}, "
            f"decided by {decision.commit[:12]}, {decision.digest}"
        )
    else:
        _show(decision)
    return 0


def _as_value(decision: Decision) -> dict[str, Any]:
    stated = decision.stated
    return {
        "version": str(decision.version_id),
        "stage": decision.stage,
        "commit": decision.commit,
        "base": decision.base,
        "author": decision.author,
        "time": decision.time.isoformat(),
        "digest": decision.digest,
        "stated": {"digest": stated.digest, "tool": stated.tool} if stated else None,
        "agrees": decision.agrees,
        "evidence": decision.evidence,
    }


def _show(decision: Decision) -> None:
    from modelyard.reports.visible import visible

    style = console.style_of(sys.stdout)
    stated = f"{decision.stated.digest}, by {decision.stated.tool}" if decision.stated else "nothing"
    rows = [
        ("decided by", f"{decision.author}, {decision.time:%Y-%m-%d %H:%M} UTC, commit {decision.commit[:12]}"),
        ("base", decision.base[:12] if decision.base else "none"),
        ("evidence", decision.digest),
        ("stated", stated),
        ("verdict", "they agree" if decision.agrees else "they do not agree"),
    ]
    console.say(style.bold(f"{decision.version_id} in {decision.stage}"))
    for label, value in rows:
        console.say(f"{style.dim(label.ljust(10))} {visible(value)}")
    console.say(json.dumps(decision.evidence, indent=2))
