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
    changing.add_words(parser, "NAME", "the models; a pattern means those of the stage ('fraud-*')")
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
    from modelyard.names import Version

    stage, reason = arguments.stage, arguments.reason
    to = Version.parse(arguments.to) if arguments.to is not None else None
    hint = f"modelyard rollback NAME --stage {stage} --reason TEXT"
    words = changing.words_of(arguments, missing="no model is named", hint=hint)
    return changing.carry_out(
        arguments,
        lambda checkout: roll_back_stage(
            checkout,
            words,
            lambda name: RollbackRequest(name=name, stage=stage, reason=reason, to=to, hold=arguments.hold),
            stage=stage,
            branch=arguments.branch,
            dry_run=arguments.dry_run,
        ),
    )
