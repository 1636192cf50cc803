"""``modelyard hook``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console
from modelyard.errors import Refused

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard hook pre-receive
  modelyard hook pre-receive --branch main --branch 'release/*'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("event", choices=("pre-receive",), help="which hook of the server's repository this is")
    parser.add_argument(
        "--branch",
        action="append",
        default=[],
        metavar="PATTERN",
        help="a protected branch; * stands for any characters (default: the branch of HEAD; repeatable)",
    )
    parser.add_argument(
        "--allow-rewrite", action="store_true", help="judge a push that rewrites a protected branch, not refuse it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge the push that Git describes on standard input; return 1 where the server shall not take it."""
    from modelyard.api import receiving
    from modelyard.reports import text

    repository = receiving.repository_of_hook(Path.cwd())
    described = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    updates = receiving.parse_updates(described, repository.location.algorithm)
    code = 0
    for verdict in receiving.judge_push(
        repository, updates, patterns=arguments.branch, rewrites=arguments.allow_rewrite
    ):
        if isinstance(verdict, Refused):
            console.complain(verdict.message, verdict.hint)
        else:
            console.write(text.render(verdict, style=console.style_of(sys.stdout)))
            sys.stdout.flush()
        if isinstance(verdict, Refused) or verdict.refused:
            code = 1
    return code
