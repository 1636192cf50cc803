"""``modelyard promote``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import changing
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from modelyard.api.promoting import Wish

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard promote fraud@1.2.0 --to staging --reason "better on new customers" --branch
  modelyard promote fraud@1.1.0 --to production --traffic 1.2.0=10
  modelyard promote --all-in staging --to production --dry-run
  modelyard promote fraud@best --to production --if-better --pr
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "version",
        nargs="?",
        metavar="NAME@VERSION",
        help="the version to promote; the name may be a pattern ('fraud-*@staging')",
    )
    parser.add_argument("--to", required=True, metavar="STAGE", help="the stage, as the policy names it")
    parser.add_argument(
        "--with",
        dest="others",
        action="append",
        default=[],
        metavar="NAME@VERSION",
        help="another model's version for the same stage, in the same change (repeatable)",
    )
    parser.add_argument(
        "--from-file", type=Path, metavar="FILE", help="more versions, one a line ('-' for standard input)"
    )
    parser.add_argument(
        "--all-in", metavar="STAGE", help="what is in that stage of every model, or of those that NAME@VERSION names"
    )
    parser.add_argument(
        "--traffic",
        action="append",
        default=[],
        metavar="VERSION=PERCENT",
        help="the share of a version (repeatable); the one promoted gets the rest",
    )
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the stage's file and in the commit")
    parser.add_argument("--release-hold", action="store_true", help="let in a version again that the stage holds back")
    parser.add_argument(
        "--if-better",
        action="store_true",
        help="only what is shown to be better than the stage's version, and passes its gate; else do nothing",
    )
    changing.add_arguments(parser, usual="promote/…-to-STAGE")


def run(arguments: argparse.Namespace) -> int:
    """Promote, and say what was written and what comes next."""
    from modelyard.api.promoting import promote_versions

    wish = _wish(arguments)
    return changing.carry_out(
        arguments,
        lambda checkout: promote_versions(checkout, wish, branch=arguments.branch, dry_run=arguments.dry_run),
    )


def _wish(arguments: argparse.Namespace) -> Wish:
    from modelyard.api.promoting import Wish

    words = [*([arguments.version] if arguments.version else []), *arguments.others]
    if arguments.from_file:
        words += changing.listed(arguments.from_file)
    if not words and arguments.all_in is None:
        raise UsageError("no version is named", hint=f"modelyard promote NAME@VERSION --to {arguments.to}")
    return Wish(
        words=tuple(words),
        to=arguments.to,
        all_in=arguments.all_in,
        reason=arguments.reason,
        traffic=dict(map(_share, arguments.traffic)),
        release_hold=arguments.release_hold,
        if_better=arguments.if_better,
    )


def _share(word: str) -> tuple[str, int]:
    version, _, percent = word.partition("=")
    if not version or not percent.isascii() or not percent.isdigit() or len(percent) > 3:
        raise UsageError(f"--traffic {word!r} is not VERSION=PERCENT in whole percents", hint="--traffic 1.2.0=10")
    return version, int(percent)
