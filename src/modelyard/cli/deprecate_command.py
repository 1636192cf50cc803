"""``modelyard deprecate``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from modelyard.cli import changing
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard deprecate fraud --reason "the graph model sees more" --replacement fraud-graph --branch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    changing.add_words(parser, "NAME", "the models that should no longer be chosen, or patterns of names")
    parser.add_argument("--reason", metavar="TEXT", help="why; it stands in the model's document and in the commit")
    parser.add_argument("--replacement", metavar="NAME", help="the model to use instead")
    parser.add_argument("--undo", action="store_true", help="take the deprecation back")
    changing.add_arguments(parser, usual="deprecate/NAME")


def run(arguments: argparse.Namespace) -> int:
    """Deprecate a model or take that back, and say what was written and what comes next."""
    from modelyard.api.describing import deprecate_models
    from modelyard.names import parse_model_name

    hint = "modelyard deprecate NAME --reason TEXT"
    words = changing.words_of(arguments, missing="no model is named", hint=hint)
    if not arguments.undo and not arguments.reason:
        hint = f"modelyard deprecate {shlex.join(words)} --reason TEXT"
        raise UsageError("a model is deprecated for a reason", hint=hint)
    replacement = parse_model_name(arguments.replacement) if arguments.replacement is not None else None
    return changing.carry_out(
        arguments,
        lambda checkout: deprecate_models(
            checkout,
            words,
            reason=arguments.reason,
            replacement=replacement,
            undo=arguments.undo,
            branch=arguments.branch,
            dry_run=arguments.dry_run,
        ),
    )
