"""``modelyard history``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

    from modelyard.api.repository import Repository

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard history fraud --stage production
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    reading.add_filters(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print what happened, one event a line, newest first."""
    from modelyard.api.repository import open_repository

    repository = open_repository(arguments.repo)
    told = _told(arguments, repository) if _is_special(arguments) else _told_again(arguments, repository)
    console.write_encoded(told, header=arguments.format == "table")
    return 0


def _is_special(arguments: argparse.Namespace) -> bool:
    """Whether another line is asked about than that of the main branch, or nothing may be kept."""
    return bool(arguments.no_cache or arguments.head is not None)


def _told_again(arguments: argparse.Namespace, repository: Repository) -> bytes:
    # Nothing that reads or prints an event is imported where the same was asked before.
    from modelyard.api.answering import answer

    question = ("history", arguments.name, arguments.stage, arguments.limit, arguments.format)
    return answer(repository, question, lambda end: _told(arguments, repository, end))


def _told(arguments: argparse.Namespace, repository: Repository, end: str | None = None) -> bytes:
    import json

    from modelyard.cli.events import HEADER, as_row, as_value, selected

    events = selected(arguments, repository, end)
    if arguments.format == "json":
        text = json.dumps([as_value(event) for event in events], indent=2)
    else:
        text = "\n".join(console.columns([HEADER, *map(as_row, events)]))
    # As standard output has what no encoding has.
    return f"{text}\n".encode("utf-8", "backslashreplace")
