"""``modelyard blame``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

    from modelyard.history.event import Event
    from modelyard.history.placed import Placed

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard blame fraud@production
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("what", metavar="WHAT", help="fraud, fraud@production or fraud@1.2.0")
    reading.add_clone(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print who put versions where they are."""
    from modelyard.api.chronicle import blame
    from modelyard.api.repository import open_repository
    from modelyard.cli.events import HEADER, as_row

    placed, registered = blame(open_repository(arguments.repo), arguments.what)
    if arguments.format == "json":
        console.say(json.dumps(_as_values(placed, registered), indent=2))
        return 0
    rows = [(_label(each), *as_row(each.event)) for each in placed]
    rows += [(str(registered.after), *as_row(registered))] if registered else []
    console.say(console.table(("VERSION", *HEADER), rows))
    return 0


def _label(placed: Placed) -> str:
    return str(placed.version) if placed.share is None else f"{placed.version} {placed.share}%"


def _as_values(placed: tuple[Placed, ...], registered: Event | None) -> list[dict[str, object]]:
    from modelyard.cli.events import as_value

    found: list[dict[str, object]] = [
        {"version": str(each.version), "stage": each.stage, "share": each.share, "event": as_value(each.event)}
        for each in placed
    ]
    if registered:
        found.append({"version": str(registered.after), "stage": None, "share": None, "event": as_value(registered)})
    return found
