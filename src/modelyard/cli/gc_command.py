"""``modelyard gc``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console, reading
from modelyard.cli.amounts import parse_size
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
  modelyard gc --cache --max-size 50G --yes       # our own cache, which all pulls from addresses share
"""

_MOST_DAYS = 36_500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    reading.add_clone(parser)
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--remote", action="store_true", help="tidy the default remote, and not the clone's cache")
    place.add_argument(
        "--cache", action="store_true", help="tidy our own cache, $MODELYARD_CACHE, by what was used; needs no clone"
    )
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
    parser.add_argument(
        "--unused", metavar="DAYS", help="with --cache: keep what was used in so many days (default: 90)"
    )
    parser.add_argument(
        "--max-size", type=parse_size, metavar="SIZE", help="with --cache: of that, keep so many bytes, such as 50G"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Collect garbage, or say what would be collected."""
    collected = _of_our_cache(arguments) if arguments.cache else _of_a_clone(arguments)
    if arguments.format == "json":
        console.say(json.dumps(_as_value(collected), indent=2))
    else:
        _tell(collected)
    return 0


def _of_our_cache(arguments: argparse.Namespace) -> Collected:
    from modelyard.api.collecting_cache import Bound, collect_cache

    if arguments.history is not None or arguments.also:
        raise UsageError(
            "--cache goes by what was used, and by no clone's history", hint="modelyard gc --cache --lock models.lock"
        )
    unused = "90" if arguments.unused is None else arguments.unused
    bound = Bound(
        unused=_days(unused, "--unused"),
        size=arguments.max_size,
        grace=_days(arguments.grace, "--grace"),
        locks=tuple(arguments.lock),
    )
    return collect_cache(bound, do=arguments.yes)


def _of_a_clone(arguments: argparse.Namespace) -> Collected:
    from modelyard.api.collecting import Keeping
    from modelyard.api.registry import Registry

    if arguments.unused is not None or arguments.max_size is not None:
        raise UsageError("--unused and --max-size are about our own cache", hint="modelyard gc --cache --max-size 50G")
    keeping = Keeping(
        days=None if arguments.history is None else _days(arguments.history, "--history"),
        grace=_days(arguments.grace, "--grace"),
        others=tuple(arguments.also),
        locks=tuple(arguments.lock),
    )
    return Registry(arguments.repo).collect(keeping, remote=arguments.remote, do=arguments.yes)


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
