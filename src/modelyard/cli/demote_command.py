"""``modelyard demote``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import changing

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard demote fraud --from staging --reason "the experiment is over" --branch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the model")
    parser.add_argument(
        "--from", dest="stage", required=True, metavar="STAGE", help="the stage, as the policy names it"
    )
    parser.add_argument("--to", metavar="VERSION", help="what the stage shall mean then (default: the model leaves it)")
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the commit")
    parser.add_argument("--forget-holds", action="store_true", help="let go also where the stage holds versions back")
    changing.add_arguments(parser, usual="demote/NAME-from-STAGE")


def run(arguments: argparse.Namespace) -> int:
    """Demote, and say what was written and what comes next."""
    from modelyard.api.stepping_back import demote_model
    from modelyard.lifecycle.demote import DemotionRequest
    from modelyard.names import Version, parse_model_name

    request = DemotionRequest(
        name=parse_model_name(arguments.name),
        stage=arguments.stage,
        reason=arguments.reason,
        to=Version.parse(arguments.to) if arguments.to is not None else None,
        forget_holds=arguments.forget_holds,
    )
    return changing.carry_out(
        arguments,
        lambda checkout: demote_model(checkout, request, branch=arguments.branch, dry_run=arguments.dry_run),
    )
