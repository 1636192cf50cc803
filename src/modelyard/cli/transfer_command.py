"""``modelyard transfer``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import changing

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard transfer fraud --to @example/risk --to ada@example.org --branch
  modelyard transfer 'fraud-*' --to @example/risk --dry-run
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    changing.add_words(parser, "NAME", "the models, or patterns of names ('fraud-*')")
    parser.add_argument(
        "--to",
        action="append",
        required=True,
        metavar="OWNER",
        help="an owner from now on (repeatable); those that are not named own it no longer",
    )
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the commit")
    changing.add_arguments(parser, usual="transfer/NAME")


def run(arguments: argparse.Namespace) -> int:
    """Give a model other owners, and say what was written and what comes next."""
    from modelyard.api.describing import transfer_models

    words = changing.words_of(arguments, missing="no model is named", hint="modelyard transfer NAME --to OWNER")
    return changing.carry_out(
        arguments,
        lambda checkout: transfer_models(
            checkout,
            words,
            arguments.to,
            reason=arguments.reason,
            branch=arguments.branch,
            dry_run=arguments.dry_run,
        ),
    )
