"""``modelyard history``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard history fraud --stage production
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    from modelyard.cli.events import add_filters

    add_filters(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print what happened, one event a line, newest first."""
    from modelyard.cli.events import HEADER, as_row, as_value, selected

    events = selected(arguments)
    if arguments.format == "json":
        console.say(json.dumps([as_value(event) for event in events], indent=2))
    else:
        console.say(console.table(HEADER, [as_row(event) for event in events]))
    return 0
