"""``modelyard rollback``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import changing

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard rollback fraud --stage production --reason "1.2.0 rejects cards from Malta" --branch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the model")
    parser.add_argument("--stage", required=True, metavar="STAGE", help="the stage, as the policy names it")
    parser.add_argument("--to", metavar="VERSION", help="an earlier version (default: the one that served before)")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="what is wrong with what serves now")
    parser.add_argument(
        "--no-hold",
        dest="hold",
        action="store_false",
        help="leave what is rolled back free to be promoted again",
    )
    changing.add_arguments(parser, usual="rollback/NAME-VERSION-in-STAGE")


def run(arguments: argparse.Namespace) -> int:
    """Roll back, and say what was written and what comes next."""
    from modelyard.api.stepping_back import roll_back_stage
    from modelyard.lifecycle.rollback import RollbackRequest
    from modelyard.names import Version, parse_model_name

    request = RollbackRequest(
        name=parse_model_name(arguments.name),
        stage=arguments.stage,
        reason=arguments.reason,
        to=Version.parse(arguments.to) if arguments.to is not None else None,
        hold=arguments.hold,
    )
    return changing.carry_out(
        arguments,
        lambda checkout: roll_back_stage(checkout, request, branch=arguments.branch, dry_run=arguments.dry_run),
    )
