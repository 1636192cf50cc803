"""``modelyard promote``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console, proposal

if TYPE_CHECKING:
    import argparse

    from modelyard.api.promoting import Promoted

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard promote fraud@1.2.0 --to staging --reason "better on new customers" --branch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("version", metavar="NAME@VERSION", help="the version to promote")
    parser.add_argument("--to", required=True, metavar="STAGE", help="the stage, as the policy names it")
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the stage's file and in the commit")
    parser.add_argument("--registry", type=Path, default=Path(), metavar="DIR", help="the registry (default: here)")
    parser.add_argument(
        "--branch", nargs="?", const="", metavar="BRANCH", help="commit on a new branch (default: promote/…-to-STAGE)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Promote, and say what was written and what comes next."""
    from modelyard.api.checkout import Checkout
    from modelyard.api.promoting import promote_version
    from modelyard.api.registering import GateRefused
    from modelyard.names import VersionId

    checkout = Checkout.at(arguments.registry)
    try:
        promoted = promote_version(
            checkout,
            VersionId.parse(arguments.version),
            arguments.to,
            reason=arguments.reason,
            branch=arguments.branch,
        )
    except GateRefused as refused:
        return console.report_refusal(refused, refused.judgement)
    _tell(promoted, arguments, remote=checkout.git_remote())
    return 0


def _tell(promoted: Promoted, arguments: argparse.Namespace, *, remote: str | None) -> None:
    from modelyard.reports.text import render_problem

    for problem in promoted.judgement.problems:
        console.write("\n".join(render_problem(problem, style=console.style_of(sys.stdout))) + "\n")
    replacing = f", replacing {promoted.replaces}" if promoted.replaces else ""
    console.say(f"{console.good('promoted')} {promoted.version_id} to {promoted.stage}{replacing}")
    proposal.say_where([promoted.path], branch=promoted.branch, commit=promoted.commit)
    console.say()
    steps = proposal.steps(
        console.git_in(arguments.registry),
        branch=promoted.branch,
        usual=f"promote/{promoted.version_id.directory}-to-{promoted.stage}",
        paths=[promoted.path],
        subject=f"Promote {promoted.version_id} to {promoted.stage}",
        remote=remote,
    )
    console.next_steps(*steps)
