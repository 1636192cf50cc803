"""``modelyard gc``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console, reading
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from modelyard.api.collecting import Collected

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard gc                                    # the plan, for the cache of this clone
  modelyard gc --yes                              # mark what nobody needs, delete what was marked 14 days ago
  modelyard gc --remote --history 90 --also ../other-clone --yes
"""

_MOST_DAYS = 36_500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    reading.add_clone(parser)
    parser.add_argument("--remote", action="store_true", help="tidy the default remote, and not the clone's cache")
    parser.add_argument("--yes", action="store_true", help="do it, and not only say what would be done")
    parser.add_argument(
        "--history",
        metavar="DAYS",
        help="keep what branches and tags need, and what history needed in so many days (default: all of history)",
    )
    parser.add_argument(
        "--grace", metavar="DAYS", default="14", help="days from mark to deletion (default: %(default)s)"
    )
    parser.add_argument(
        "--also", action="append", type=Path, default=[], metavar="CLONE", help="keep what another clone needs too"
    )
    parser.add_argument(
        "--lock", action="append", type=Path, default=[], metavar="FILE", help="keep what a models.lock names too"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Collect garbage, or say what would be collected."""
    from modelyard.api.collecting import Keeping
    from modelyard.api.registry import Registry

    keeping = Keeping(
        days=None if arguments.history is None else _days(arguments.history, "--history"),
        grace=_days(arguments.grace, "--grace"),
        others=tuple(arguments.also),
        locks=tuple(arguments.lock),
    )
    collected = Registry(arguments.repo).collect(keeping, remote=arguments.remote, do=arguments.yes)
    if arguments.format == "json":
        console.say(json.dumps(_as_value(collected), indent=2))
    else:
        _tell(collected)
    return 0


def _days(text: str, option: str) -> int:
    days = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_DAYS)) else -1
    if not 0 <= days <= _MOST_DAYS:
        raise UsageError(f"{option} {text!r} is no number of days", hint=f"{option} 90")
    return days


def _tell(collected: Collected) -> None:
    garbage, done = collected.garbage, collected.done
    console.say(f"{collected.place}: {garbage.kept} needed")
    rows = (
        ("deleted" if done else "would delete", garbage.going, f"not needed for {collected.grace} days"),
        ("marked" if done else "would mark", garbage.fresh, "not needed from now on"),
        ("left", garbage.waiting, f"marked less than {collected.grace} days ago"),
    )
    for verb, objects, why in rows:
        if objects:
            console.say(f"  {verb} {_counted(objects)}: {why}")
    if not done:
        console.say("nothing was changed; with --yes it is done")


def _counted(objects: Mapping[str, int]) -> str:
    from modelyard.cli.amounts import amount
    from modelyard.reports.text import counted

    return f"{counted(len(objects), 'object')}, {amount(sum(objects.values()))}"


def _as_value(collected: Collected) -> dict[str, object]:
    garbage = collected.garbage
    return {
        "place": collected.place,
        "done": collected.done,
        "needed": garbage.kept,
        "deleted": dict(garbage.going),
        "marked": dict(garbage.fresh),
        "left": dict(garbage.waiting),
    }
