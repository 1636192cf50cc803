"""``modelyard yank``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import changing
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from modelyard.git.objects import ObjectReader
    from modelyard.lifecycle.edits import Edits
    from modelyard.snapshot import Snapshot

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard yank fraud@1.1.0 --reason "trained on leaked labels" --branch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("version", metavar="NAME@VERSION", help="the version that nobody shall choose any more")
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the model's document and in the commit")
    parser.add_argument("--undo", action="store_true", help="let it be chosen again")
    changing.add_arguments(parser, usual="yank/NAME-VERSION")


def run(arguments: argparse.Namespace) -> int:
    """Yank or un-yank, and say what was written and what comes next."""
    from modelyard.api.changing import change
    from modelyard.lifecycle.yank import unyank, yank
    from modelyard.names import VersionId

    version_id = VersionId.parse(arguments.version)
    if not arguments.undo and not arguments.reason:
        raise UsageError("a version is yanked for a reason", hint=f"modelyard yank {version_id} --reason TEXT")

    def plan(base: Snapshot, _reader: ObjectReader) -> Edits:
        if arguments.undo:
            return unyank(version_id, base, reason=arguments.reason)
        return yank(version_id, arguments.reason, base)

    return changing.carry_out(
        arguments, lambda checkout: change(checkout, plan, branch=arguments.branch, dry_run=arguments.dry_run)
    )
