"""``modelyard leaderboard``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from modelyard.api.comparing import Leaderboard
    from modelyard.evaluate.ranking import Ranked

__all__ = ["EXAMPLE", "add_arguments", "ranked_value", "run"]

EXAMPLE = """\
  modelyard leaderboard fraud
  modelyard leaderboard fraud --by test.accuracy
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the model")
    parser.add_argument("--by", default="score", metavar="METRIC|score", help="what to rank by (default: score)")
    reading.add_registry(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Rank the versions."""
    from modelyard.api.comparing import leaderboard
    from modelyard.api.origin import open_origin

    board = leaderboard(open_origin(arguments.repo), arguments.name, by=arguments.by)
    if arguments.format == "json":
        console.say(json.dumps([ranked_value(each) for each in board.ranked], indent=2))
    else:
        console.say("\n".join(_lines(board)))
    return 0


def ranked_value(ranked: Ranked) -> dict[str, object]:
    """Return one version of a ranking as JSON has it."""
    return {
        "version": str(ranked.version_id),
        "figure": ranked.figure,
        "low": ranked.low,
        "high": ranked.high,
        "chance_to_be_best": ranked.chance,
        "explanation": ranked.explanation or None,
    }


def _lines(board: Leaderboard) -> Iterator[str]:
    from modelyard.reports.visible import visible

    if not board.ranked:
        yield "no version is released and not yanked"
        return
    style = console.style_of(sys.stdout)
    rows: list[tuple[str, ...]] = [("", "version", visible(board.by), "interval", "is the best")]
    rows += [(str(place), *_row(each)) for place, each in enumerate(board.ranked, start=1) if each.figure is not None]
    header, *lines = console.columns(rows)
    yield style.dim(header)
    yield from lines
    for each in board.ranked:
        if each.figure is None:
            yield visible(f"-  {each.version_id} takes no part: {each.explanation}")


def _row(ranked: Ranked) -> tuple[str, ...]:
    interval = f"{ranked.low:.4f} to {ranked.high:.4f}" if ranked.low is not None and ranked.high is not None else "-"
    chance = "-" if ranked.chance is None else f"{ranked.chance:.1%}"
    return str(ranked.version_id), f"{ranked.figure:.4g}", interval, chance
