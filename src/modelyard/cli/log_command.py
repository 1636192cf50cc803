"""``modelyard log``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard log fraud --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    reading.add_filters(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to print; json is one object a line"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what happened at length, newest first."""
    from modelyard.api.repository import open_repository
    from modelyard.cli.events import as_lines, as_value, selected

    for event in selected(arguments, open_repository(arguments.repo)):
        if arguments.format == "json":
            console.say(json.dumps(as_value(event)))
        else:
            console.say("\n".join(as_lines(event)))
    return 0
