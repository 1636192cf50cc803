"""``modelyard retire``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import changing
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from modelyard.api.changing import Proposed
    from modelyard.api.checkout import Checkout

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard retire fraud@0.9.0 --reason "nobody uses it any more" --branch
  modelyard retire --policy                     # the plan
  modelyard retire --policy --yes --branch      # and the change
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    meaning = "the versions to retire; with --policy names of models, or patterns of names (default: all)"
    changing.add_words(parser, "NAME@VERSION", meaning)
    parser.add_argument("--policy", action="store_true", help="retire what the policy's `retention` lets go")
    parser.add_argument("--yes", action="store_true", help="with --policy: do it, and not only say what would go")
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the tombstones and in the commit")
    changing.add_arguments(parser, usual="retire/NAME-VERSION")


def run(arguments: argparse.Namespace) -> int:
    """Retire, and say what was written and what comes next."""
    return changing.carry_out(arguments, _by_policy(arguments) if arguments.policy else _by_name(arguments))


def _by_policy(arguments: argparse.Namespace) -> changing.Act:
    from modelyard.api.retiring import BEYOND_POLICY, retire_by_policy

    words = (*arguments.words, *(changing.listed(arguments.from_file) if arguments.from_file else ()))

    def act(checkout: Checkout) -> Proposed:
        return retire_by_policy(
            checkout,
            words,
            arguments.reason or BEYOND_POLICY,
            branch=arguments.branch,
            dry_run=arguments.dry_run or not arguments.yes,
        )

    return act


def _by_name(arguments: argparse.Namespace) -> changing.Act:
    from modelyard.api.retiring import retire_versions
    from modelyard.names import VersionId

    hint = "modelyard retire NAME@VERSION --reason TEXT, or --policy"
    version_ids = tuple(map(VersionId.parse, changing.words_of(arguments, missing="no version is named", hint=hint)))
    if not arguments.reason:
        words = " ".join(map(str, version_ids))
        raise UsageError("a version is retired for a reason", hint=f"modelyard retire {words} --reason TEXT")
    return lambda checkout: retire_versions(
        checkout, version_ids, arguments.reason, branch=arguments.branch, dry_run=arguments.dry_run
    )
