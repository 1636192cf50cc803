"""``modelyard best``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard best fraud
  modelyard best fraud --by test.accuracy
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    from modelyard.cli import leaderboard_command

    leaderboard_command.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Say which version is the best."""
    from modelyard.api.comparing import best_version
    from modelyard.api.origin import open_origin
    from modelyard.cli.leaderboard_command import ranked_value

    best = best_version(open_origin(arguments.repo), arguments.name, by=arguments.by)
    if arguments.format == "json":
        console.say(json.dumps(ranked_value(best), indent=2))
    else:
        console.say(str(best.version_id))
    return 0
