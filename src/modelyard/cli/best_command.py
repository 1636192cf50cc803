"""``modelyard best``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard best fraud --by accuracy
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the model")
    parser.add_argument("--by", default="score", metavar="METRIC|score", help="a metric (default: the policy's score)")
    parser.add_argument("--split", metavar="SPLIT", help="the split or slice of the metric (default: test)")
    parser.add_argument("--repo", default=".", metavar="PATH|URL", help="the registry (default: here)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print the best version."""
    from modelyard.api.comparing import best_version
    from modelyard.api.origin import open_origin

    found = best_version(open_origin(arguments.repo), arguments.name, by=arguments.by, split=arguments.split)
    if arguments.format == "text":
        console.say(str(found.version_id))
        return 0
    value = {
        "name": found.version_id.name,
        "version": str(found.version_id.version),
        "by": arguments.by,
        "value": found.value,
        "probability": found.probability,
    }
    console.say(json.dumps(value, indent=2))
    return 0
