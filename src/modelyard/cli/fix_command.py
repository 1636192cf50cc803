"""``modelyard fix``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard fix model_registry/fraud-1.2.0
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a version directory, model_registry/<name>-<version>")
    parser.add_argument("--yes", action="store_true", help="write without asking")


def run(arguments: argparse.Namespace) -> int:
    """Show what can be computed as a diff, and write it once somebody agrees."""
    from modelyard.api.checkout import Checkout
    from modelyard.api.mending import plan_repair, write_repair

    directory = arguments.path
    checkout = Checkout.at(directory if directory.is_dir() else Path())
    repair = plan_repair(checkout, directory)
    if not repair.edits.files:
        console.say(f"nothing to fix in {directory}: all that can be computed is there")
        console.next_steps(f"modelyard validate {directory}")
        return 0
    console.write(_coloured(repair.diff))
    if not arguments.yes and not _agreed():
        console.note(f"nothing was written; modelyard fix {directory} --yes writes this")
        return 1
    write_repair(checkout, repair)
    console.say(f"{console.good('fixed')} {repair.version_id}")
    console.next_steps(f"modelyard validate {directory}")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("write this? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _coloured(diff: str) -> str:
    from modelyard.reports.visible import visible

    style = console.style_of(sys.stdout)
    marks = {"+": style.green, "-": style.red, "@": style.cyan}
    lines = (visible(line) for line in diff.split("\n"))
    return "\n".join(marks[line[0]](line) if line[:1] in marks else line for line in lines)
