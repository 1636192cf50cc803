"""``modelyard smoke``."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING, Any

from modelyard.cli import console, reading
from modelyard.cli.amounts import parse_size
from modelyard.errors import UsageError

if TYPE_CHECKING:
    from modelyard.api.smoking import Smoked

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard smoke fraud@production
  modelyard smoke fraud@1.2.0 --repo https://git.example.org/models.git --require-isolation
  modelyard smoke model_registry/fraud-1.3.0    before it is committed
  modelyard smoke --base auto --require-isolation    in CI: all that a change registers
"""

_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "references", nargs="*", metavar="REF|PATH", help="a version, or its directory in the work tree"
    )
    parser.add_argument(
        "--base",
        metavar="REV|auto",
        help="instead: every version that is new since that commit, from remotes as it has them",
    )
    reading.add_registry(parser)
    parser.add_argument("--safe", action="store_true", help="refuse formats that can run code when they are loaded")
    parser.add_argument(
        "--trusted", action="append", default=[], metavar="TYPE", help="a type that skops may make (repeatable)"
    )
    parser.add_argument(
        "--require-isolation", action="store_true", help="do not load anything where the network cannot be taken away"
    )
    parser.add_argument(
        "--memory",
        type=parse_size,
        default=4 << 30,
        metavar="SIZE",
        help="address space of the process (default: 4G)",
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=120.0, metavar="SECONDS", help="for each version (default: 120)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Smoke test each version, and say where its answers differ."""
    from modelyard.api.registry import Registry
    from modelyard.api.smoking import Limits

    options: dict[str, Any] = {
        "safe": arguments.safe,
        "trusted": tuple(arguments.trusted),
        "limits": Limits(arguments.memory, arguments.timeout),
        "require_isolation": arguments.require_isolation,
    }
    if bool(arguments.references) == (arguments.base is not None):
        raise UsageError("name versions, or the base that they are new since", hint="modelyard smoke --base auto")
    registry = Registry(arguments.repo)
    if arguments.base is None:
        results = [registry.smoke(reference, **options) for reference in arguments.references]
    else:
        results = list(registry.smoke_change(arguments.base, **options))
    if not all(result.isolated for result in results):
        console.warn(
            "this machine lets nobody take the network from a process, so the models could reach it",
            "--require-isolation refuses to load them then",
        )
    if arguments.format == "json":
        console.say(json.dumps([_as_value(result) for result in results], indent=2))
    elif not results:
        console.say("the change registers no version, so nothing was tried")
    else:
        for result in results:
            _tell(result)
    return 0 if all(result.passed for result in results) else 1


def _tell(result: Smoked) -> None:
    if result.passed and result.stated:
        values = "1 value is" if result.compared == 1 else f"{result.compared} values are"
        console.say(f"{console.good('passed')} {result.id}: {values} as expected")
    elif result.passed:
        console.say(f"{console.good('loaded')} {result.id}: it states no smoke test, so nothing more was tried")
    else:
        state = f"{len(result.differences)} of {result.compared} values differ" if result.compared else "it fails"
        console.say(f"failed {result.id}: {state}")
        for difference in result.differences[:_SHOWN]:
            console.say(f"  {difference}")
        if len(result.differences) > _SHOWN:
            console.say(f"  and {len(result.differences) - _SHOWN} more: --format json lists all")


def _as_value(result: Smoked) -> dict[str, object]:
    return {
        "name": result.id.name,
        "version": str(result.id.version),
        "outcome": "failed" if not result.passed else "passed" if result.stated else "loaded",
        "isolated": result.isolated,
        "compared": result.compared,
        "differences": list(result.differences),
    }


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text, re.ASCII) or not float(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return float(text)
