"""``modelyard resolve``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard resolve fraud@production --repo https://git.example.org/models.git
  modelyard resolve fraud@production --as-of 2026-03-01
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "reference", metavar="REF", help="fraud@1.2.0, fraud@^1.2, fraud@production, fraud@latest or fraud@best"
    )
    reading.add_registry(parser)
    reading.add_time(parser)
    reading.add_offline(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print the version that the reference means."""
    if arguments.format == "text":
        console.say(_name(arguments))
        return 0
    from modelyard.api.registry import Registry

    version = Registry(arguments.repo, as_of=arguments.as_of, offline=arguments.offline)[arguments.reference]
    files = {path: record.to_value() for path, record in sorted(version.metadata.files.items())}
    value = {
        "reference": arguments.reference,
        "name": version.name,
        "version": version.version,
        "commit": version.commit,
        "files": files,
    }
    console.say(json.dumps(value, indent=2))
    return 0


def _name(arguments: argparse.Namespace) -> str:
    # A deployment asks this often: nothing of the version itself is read.
    from modelyard.api.origin import open_origin
    from modelyard.api.waiting import resolve_committed

    origin = open_origin(arguments.repo, as_of=arguments.as_of, offline=arguments.offline)
    with origin.reading() as snapshot:
        return str(resolve_committed(arguments.reference, origin, snapshot))
