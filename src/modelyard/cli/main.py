"""Dispatch: from the words of a command line to the one module that answers them."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from modelyard import __version__
from modelyard.cli.failures import reported
from modelyard.cli.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "build_parser", "main"]

COMMANDS = {
    "init": "make a Git repository into a registry",
    "register": "register a trained model as a new version",
    "fix": "fill in what can be computed for a version made by hand",
    "validate": "judge versions, staged content or a change by the rules",
    "hook": "judge a push as a hook of a Git server",
    "report": "show what a change does, and what speaks for it",
    "promote": "put versions into a stage",
    "rollback": "let a stage return to the version that served before",
    "demote": "take a model out of a stage",
    "yank": "let nobody choose a version any more",
    "deprecate": "say that a model should no longer be chosen",
    "retire": "take versions out of the registry for good",
    "transfer": "give a model other owners",
    "decision": "show what a version was put into a stage on, and verify it",
    "codeowners": "write owners and reviewers into CODEOWNERS",
    "protect": "check how the forge protects the main branch",
    "list": "list models and their versions",
    "show": "show one version and where it stands",
    "compare": "hold versions against one another, by their metrics and all else that they state",
    "leaderboard": "rank the versions of a model",
    "best": "say which version of a model is the best",
    "history": "say what happened to models, when, and by whom",
    "log": "tell what happened at length, or for machines",
    "blame": "say who put versions where they are",
    "stats": "count versions, promotions, roll backs and days",
    "resolve": "say which version a reference means",
    "pull": "fetch a version's artifact, verified",
    "lock": "write down which versions and bytes an application gets",
    "sync": "put an application's models in their place, equal to its lock",
    "update": "move an application's lock, and say what that makes different",
    "outdated": "say which models of an application are no longer what it asks for",
    "url": "print addresses that another tool can fetch a version's files from",
    "push": "store what the remotes lack of versions",
    "verify": "look whether what is stored is what was reviewed",
    "gc": "delete stored objects that nobody needs any more",
    "smoke": "load a version on its own, and try its smoke test",
    "rules": "list the rules, or explain one",
    "canary": "make a registry that the gate must refuse, or check that it did",
}

_EPILOG = """\
exit codes: 0 fine, 1 refused, 2 wrong usage or nothing matched, 3 could not finish, 130 interrupted

a reference is fraud@1.2.0, fraud@^1.2, fraud@production, fraud@latest or fraud@best

example: modelyard validate model_registry/fraud-1.0.0
"""


class Command(Protocol):
    """What each module of this package offers."""

    EXAMPLE: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do what the arguments say and return the exit code."""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Asks the terminal for its width itself: argparse would import shutil for that, for each argument."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"width": _width(), **options})

    def add_argument(self, action: argparse.Action) -> None:
        super().add_argument(action)
        # argparse forgets that commands stand further in than options, and breaks the line of the longest.
        if action.nargs == argparse.PARSER:
            self._action_max_length += self._indent_increment


def _width() -> int:
    try:
        columns = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns
    except (ValueError, OSError):
        columns = 0
    return (columns or 80) - 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no exception leaves this function."""
    # What a command reads forms no circles, and looking for some costs a tenth of its time.
    gc.set_threshold(100_000)
    words = list(sys.argv[1:] if argv is None else argv)
    with reported(words) as outcome:
        # Only the command that was asked for is imported: the others cost nothing.
        named = next((word for word in words if not word.startswith("-")), None)
        arguments = build_parser([named] if named in COMMANDS else list(COMMANDS)).parse_args(words)
        outcome.code = arguments.run(arguments)
    return outcome.code


def build_parser(names: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser with the named commands, each with its own arguments."""
    parser = Parser(
        prog="modelyard",
        description="A Git repository that is a model registry: reviewed, immutable, verified.",
        epilog=_EPILOG,
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"modelyard {__version__}")
    commands = parser.add_subparsers(prog=parser.prog, title="commands", metavar="COMMAND", required=True)
    for name in names:
        command = load(name)
        subparser = commands.add_parser(
            name,
            help=COMMANDS[name],
            description=f"{COMMANDS[name][0].upper()}{COMMANDS[name][1:]}.",
            epilog=f"example:\n{command.EXAMPLE}",
            formatter_class=_Formatter,
            allow_abbrev=False,
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def load(name: str) -> Command:
    """Return the module of a command."""
    return cast("Command", import_module(f"modelyard.cli.{name}_command"))
