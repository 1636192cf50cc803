"""``modelyard yank``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import changing
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard yank fraud@1.1.0 --reason "trained on leaked labels" --branch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    changing.add_words(parser, "NAME@VERSION", "the versions that nobody shall choose any more")
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the model's document and in the commit")
    parser.add_argument("--undo", action="store_true", help="let it be chosen again")
    changing.add_arguments(parser, usual="yank/NAME-VERSION")


def run(arguments: argparse.Namespace) -> int:
    """Yank or un-yank, and say what was written and what comes next."""
    from modelyard.api.describing import yank_versions
    from modelyard.names import VersionId

    hint = "modelyard yank NAME@VERSION --reason TEXT"
    version_ids = tuple(map(VersionId.parse, changing.words_of(arguments, missing="no version is named", hint=hint)))
    if not arguments.undo and not arguments.reason:
        named = " ".join(map(str, version_ids))
        raise UsageError("a version is yanked for a reason", hint=f"modelyard yank {named} --reason TEXT")
    return changing.carry_out(
        arguments,
        lambda checkout: yank_versions(
            checkout,
            version_ids,
            reason=arguments.reason,
            undo=arguments.undo,
            branch=arguments.branch,
            dry_run=arguments.dry_run,
        ),
    )
