"""``modelyard deprecate``."""

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
  modelyard deprecate fraud --reason "the graph model sees more" --replacement fraud-graph --branch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the model that should no longer be chosen")
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the model's document and in the commit")
    parser.add_argument("--replacement", metavar="NAME", help="the model to use instead")
    parser.add_argument("--undo", action="store_true", help="take the deprecation back")
    changing.add_arguments(parser, usual="deprecate/NAME")


def run(arguments: argparse.Namespace) -> int:
    """Deprecate a model or take that back, and say what was written and what comes next."""
    from modelyard.api.changing import change
    from modelyard.lifecycle.deprecate import deprecate, undeprecate
    from modelyard.names import parse_model_name

    name = parse_model_name(arguments.name)
    if not arguments.undo and not arguments.reason:
        raise UsageError("a model is deprecated for a reason", hint=f"modelyard deprecate {name} --reason TEXT")
    replacement = parse_model_name(arguments.replacement) if arguments.replacement is not None else None

    def plan(base: Snapshot, _reader: ObjectReader) -> Edits:
        if arguments.undo:
            return undeprecate(name, base, reason=arguments.reason)
        return deprecate(name, arguments.reason, base, replacement=replacement)

    return changing.carry_out(
        arguments, lambda checkout: change(checkout, plan, branch=arguments.branch, dry_run=arguments.dry_run)
    )
