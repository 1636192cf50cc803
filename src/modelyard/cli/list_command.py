"""``modelyard list``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

    from modelyard.api.listing import ListedVersion

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard list fraud --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="one model (default: all)")
    reading.add_registry(parser)
    reading.add_time(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """List the versions of the last commit."""
    from modelyard.api.listing import list_versions, uncommitted
    from modelyard.api.origin import open_origin

    origin = open_origin(arguments.repo, as_of=arguments.as_of)
    versions = list_versions(origin, arguments.name)
    if arguments.format == "json":
        console.say(json.dumps([_as_value(version) for version in versions], indent=2))
    else:
        console.say(_as_table(versions))
    for version_id in uncommitted(origin):
        console.note(f"not committed yet, so not listed: {version_id}")
    return 0


def _as_value(version: ListedVersion) -> dict[str, object]:
    return {
        "name": version.id.name,
        "version": str(version.id.version),
        "stages": list(map(str, version.stages)),
        "yanked": version.yanked,
        "created_at": version.metadata.created_at if version.metadata else None,
        "framework": version.framework,
        "license": version.metadata.license if version.metadata else None,
        "size": version.metadata.size if version.metadata else None,
        "description": version.metadata.description if version.metadata else None,
    }


def _as_table(versions: tuple[ListedVersion, ...]) -> str:
    if not versions:
        return "no versions are registered yet; modelyard register --help says how"
    from modelyard.cli.amounts import amount

    rows = [
        (
            version.id.name,
            str(version.id.version),
            ", ".join(map(str, version.stages)) or ("yanked" if version.yanked else "-"),
            version.metadata.created_at[:10] if version.metadata else "?",
            version.framework or "-",
            version.metadata.license if version.metadata else "?",
            amount(version.metadata.size) if version.metadata else "?",
        )
        for version in versions
    ]
    return console.table(("MODEL", "VERSION", "STAGE", "CREATED", "FRAMEWORK", "LICENSE", "SIZE"), rows)
