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
    changing.add_words(parser, "NAME", "the models; a pattern means those of the stage ('*': all of them)")
    parser.add_argument(
        "--from", dest="stage", required=True, metavar="STAGE", help="the stage, as the policy names it"
    )
    parser.add_argument("--to", metavar="VERSION", help="what the stage shall mean then (default: the model leaves it)")
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the commit")
    parser.add_argument("--forget-holds", action="store_true", help="let go also where the stage holds versions back")
    changing.add_arguments(parser, usual="demote/NAME-from-STAGE")


def run(arguments: argparse.Namespace) -> int:
    """Demote, and say what was written and what comes next."""
    from modelyard.api.stepping_back import demote_models
    from modelyard.lifecycle.demote import DemotionRequest
    from modelyard.names import Version

    stage, reason, forget = arguments.stage, arguments.reason, arguments.forget_holds
    to = Version.parse(arguments.to) if arguments.to is not None else None
    words = changing.words_of(arguments, missing="no model is named", hint=f"modelyard demote NAME --from {stage}")
    return changing.carry_out(
        arguments,
        lambda checkout: demote_models(
            checkout,
            words,
            lambda name: DemotionRequest(name=name, stage=stage, reason=reason, to=to, forget_holds=forget),
            stage=stage,
            branch=arguments.branch,
            dry_run=arguments.dry_run,
        ),
    )
