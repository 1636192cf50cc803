"""``modelyard url``."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

from modelyard.cli import console, reading
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from modelyard.api.locating import Located

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard url fraud@production --path model.joblib --expires 15m
  modelyard url fraud@1.2.0 --format json
"""

_TIME = re.compile(r"([0-9]{1,6})([smhd]?)", re.ASCII)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 7 * 86400  # what Signature Version 4 allows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("reference", metavar="REF", help="fraud@1.2.0, fraud@production, …")
    reading.add_registry(parser)
    parser.add_argument(
        "--path", action="append", default=[], metavar="FILE", help="only this file of the version (repeatable)"
    )
    parser.add_argument("--remote", metavar="NAME", help="the DVC remote (default: the one that the version names)")
    parser.add_argument(
        "--expires", default="1h", metavar="TIME", help="how long a presigned address is good (default: %(default)s)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print one address a line, and on standard error how to check what is fetched from it."""
    from modelyard.api.registry import Registry

    located = Registry(arguments.repo).locate(
        arguments.reference, *arguments.path, remote=arguments.remote, expires=_seconds(arguments.expires)
    )
    if arguments.format == "json":
        console.say(json.dumps([_as_value(each) for each in located], indent=2))
        return 0
    for each in located:
        console.say(each.url)
    console.note("nobody verifies what is fetched from there but you:")
    for each in located:
        name = each.path.rpartition("/")[2]
        console.note(f"  echo {shlex.quote(f'{each.sha256}  {name}')} | sha256sum --check")
    return 0


def _seconds(text: str) -> int:
    found = _TIME.fullmatch(text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < seconds <= _LONGEST:
        raise UsageError(f"--expires {text!r} is no time of at most 7 days", hint="--expires 15m, 12h or 7d")
    return seconds


def _as_value(located: Located) -> dict[str, object]:
    return {
        "path": located.path,
        "url": located.url,
        "sha256": located.sha256,
        "size": located.size,
        "expires": located.expires,
    }
