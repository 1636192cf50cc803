"""``modelyard push``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

    from modelyard.api.pushing import Sent

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard push                                      what any version here needs and its remote lacks
  modelyard push fraud@1.2.0                          of one version
  modelyard push model_registry/fraud-1.2.0 --read-back
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "words", nargs="*", metavar="REF|PATH", help="versions, or their directories (default: all in the work tree)"
    )
    reading.add_clone(parser)
    parser.add_argument("--read-back", action="store_true", help="read what is there, and verify every byte of it")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Push, and say what each remote was sent."""
    from modelyard.api.registry import Registry

    with console.progress_bar("push") as progress:
        sent = Registry(arguments.repo).push(
            *map(_word, arguments.words), read_back=arguments.read_back, progress=progress
        )
    if arguments.format == "json":
        console.say(json.dumps([_as_value(each) for each in sent], indent=2))
        return 0
    for each in sent:
        _tell(each, read_back=arguments.read_back)
    if not sent:
        console.say("nothing to push: no version here has a DVC pointer")
    return 0


def _word(word: str) -> str | Path:
    return word if "@" in word else Path(word).absolute()


def _tell(sent: Sent, *, read_back: bool) -> None:
    from modelyard.cli.amounts import amount
    from modelyard.reports.text import counted

    there = f"; {counted(sent.pushed.present, 'object')} there already" if sent.pushed.present else ""
    if not sent.pushed.objects:
        read = ", every byte read back" if there and read_back else ""
        console.say(f"nothing to push to {sent.remote}{there}{read}")
        return
    how = "every byte read back" if read_back else "sizes compared"
    what = f"{counted(sent.pushed.objects, 'object')}, {amount(sent.pushed.size)}"
    console.say(f"{console.good('pushed')} {what}, to {sent.remote}, {how}{there}")


def _as_value(sent: Sent) -> dict[str, object]:
    return {
        "remote": sent.remote,
        "versions": list(map(str, sent.versions)),
        "objects": sent.pushed.objects,
        "size": sent.pushed.size,
        "present": sent.pushed.present,
    }
