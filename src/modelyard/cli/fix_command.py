"""``modelyard fix``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    import argparse

    from modelyard.api.mending import Repair

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard fix model_registry/fraud-1.2.0
  modelyard fix model_registry/fraud-1.2.0 --check
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a version directory, model_registry/<name>-<version>")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--yes", action="store_true", help="write without asking")
    how.add_argument("--check", action="store_true", help="write nothing; exit with 1 where something would be written")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to report")


def run(arguments: argparse.Namespace) -> int:
    """Show what can be computed as a diff, and write it once somebody agrees."""
    from modelyard.api.checkout import Checkout
    from modelyard.api.mending import plan_repair, write_repair

    directory = arguments.path
    checkout = Checkout.at(directory if directory.is_dir() else Path())
    repair = plan_repair(checkout, directory)
    is_text = arguments.format == "text"
    if is_text and not repair.empty:
        console.write(_coloured(repair.diff))
    agreed = arguments.yes or (is_text and not arguments.check and not repair.empty and _agreed())
    if agreed and not repair.empty:
        write_repair(checkout, repair)
    if is_text:
        _tell(repair, directory, agreed=agreed)
    else:
        console.write(_as_json(repair, written=agreed and not repair.empty))
    return 0 if agreed or repair.empty else 1


def _tell(repair: Repair, directory: Path, *, agreed: bool) -> None:
    if repair.empty:
        console.say(f"nothing to fix in {directory}: all that can be computed is there")
    elif agreed:
        console.say(f"{console.good('fixed')} {repair.version_id}")
    else:
        console.note(f"nothing was written; modelyard fix {directory} --yes writes this")
    if agreed or repair.empty:
        _tell_what_is_left(repair)
        console.next_steps(f"modelyard validate {directory}")


def _tell_what_is_left(repair: Repair) -> None:
    """Name the problems that only a person can solve."""
    if repair.left.problems:
        from modelyard.reports import text

        console.say("left to do by hand:")
        *told, _summary = text.render(repair.left, style=console.style_of(sys.stdout)).splitlines(keepends=True)
        console.write("".join(told))


def _as_json(repair: Repair, *, written: bool) -> str:
    import json

    from modelyard.reports import json as report

    told = {
        "version": str(repair.version_id),
        "written": written,
        "files": sorted(repair.edits.files),
        "no_longer_executable": sorted(repair.edits.plain),
        "diff": repair.diff,
        "left": json.loads(report.render(repair.left)),
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


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
