"""``modelyard canary``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard canary ../canary
  modelyard canary ../canary --check canary.json --ended 1
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="where the known-bad registry lies, or is to lie")
    parser.add_argument("--check", type=Path, metavar="REPORT", help="what the gate said of it, in the format json")
    parser.add_argument("--ended", type=int, metavar="CODE", help="the exit code that the gate ended with")


def run(arguments: argparse.Namespace) -> int:
    """Lay the canary down, or say whether the gate refused it as it must."""
    from modelyard.api.canary import check_canary, lay_canary

    if (arguments.check is None) != (arguments.ended is None):
        raise UsageError("--check and --ended stand together", hint="modelyard canary --help")
    if arguments.check is None:
        lay_canary(arguments.directory)
        console.say(f"laid a registry that the gate must refuse into {arguments.directory}")
        console.next_steps(f"cd {shlex.quote(str(arguments.directory))} && modelyard validate --base HEAD~1")
        return 0
    codes = check_canary(arguments.directory, ended=arguments.ended, report=arguments.check)
    console.say(f"the gate works: it refused the canary for {', '.join(codes)}")
    return 0
