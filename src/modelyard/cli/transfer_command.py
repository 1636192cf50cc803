"""``modelyard transfer``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import changing

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard transfer fraud --to @example/risk --to ada@example.org --branch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the model")
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
    from modelyard.api.changing import change
    from modelyard.lifecycle.transfer import transfer
    from modelyard.names import parse_model_name

    name = parse_model_name(arguments.name)
    return changing.carry_out(
        arguments,
        lambda checkout: change(
            checkout,
            lambda base, _reader: transfer(name, arguments.to, base, reason=arguments.reason),
            branch=arguments.branch,
            dry_run=arguments.dry_run,
        ),
    )
