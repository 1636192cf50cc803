"""``modelyard leaderboard``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    import argparse

    from modelyard.evaluate.ranking import Ranking

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard leaderboard fraud --by accuracy
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the model")
    parser.add_argument("--by", default="score", metavar="METRIC|score", help="a metric (default: the policy's score)")
    parser.add_argument("--split", metavar="SPLIT", help="the split or slice of the metric (default: test)")
    parser.add_argument("--repo", default=".", metavar="PATH|URL", help="the registry (default: here)")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print the versions, best first."""
    from modelyard.api.comparing import rank_versions
    from modelyard.api.origin import open_origin

    ranking = rank_versions(open_origin(arguments.repo), arguments.name, by=arguments.by, split=arguments.split)
    if arguments.format == "json":
        console.say(json.dumps(_as_value(ranking), indent=2))
        return 0
    console.say(_as_table(ranking))
    for version_id, reason in sorted(ranking.unranked.items()):
        console.note(f"without a place: {version_id}, {reason}")
    return 0


def _as_value(ranking: Ranking) -> dict[str, object]:
    return {
        "by": ranking.by,
        "split": ranking.split,
        "ranked": [
            {
                "name": each.version_id.name,
                "version": str(each.version_id.version),
                "value": each.value,
                "error": each.error,
                "probability": each.probability,
            }
            for each in ranking.ranked
        ],
        "unranked": [
            {"name": each.name, "version": str(each.version), "reason": reason}
            for each, reason in sorted(ranking.unranked.items())
        ],
    }


def _as_table(ranking: Ranking) -> str:
    if not ranking.ranked:
        return "no version can be ranked"
    rows = [
        (
            str(place),
            str(each.version_id.version),
            f"{each.value:g}",
            "-" if each.error is None else f"± {each.error:.2g}",
            "-" if each.probability is None else f"{each.probability:.0%}",
        )
        for place, each in enumerate(ranking.ranked, start=1)
    ]
    return console.table(("", "version", ranking.by, "error", "is the best"), rows)
