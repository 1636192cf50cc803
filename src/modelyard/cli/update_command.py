"""``modelyard update``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from modelyard.cli import application, console

if TYPE_CHECKING:
    import argparse

    from modelyard.api.application.locking import Moved
    from modelyard.api.application.updating import Update
    from modelyard.documents.lockfile import Locked

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard update
  modelyard update fraud --format markdown
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="the models, as the application calls them (default: all)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would move, and write nothing")
    application.add_project(parser)
    application.add_format(parser, "markdown")


def run(arguments: argparse.Namespace) -> int:
    """Move the lock, and say what that makes different; ready for a pull request as Markdown."""
    from modelyard.api.application.updating import update_models

    update = update_models(arguments.names, arguments.project, dry_run=arguments.dry_run)
    if arguments.format == "json":
        console.say(json.dumps(_value(update), indent=2))
    elif not update.locking.moved:
        console.say("nothing moves: what is locked is what is asked for")
    elif arguments.format == "markdown":
        from modelyard.reports import review_markdown

        console.write(review_markdown.render(update.review))
    else:
        _tell(update, dry_run=arguments.dry_run)
    return 0


def _tell(update: Update, *, dry_run: bool) -> None:
    from modelyard.api.application.project import shown
    from modelyard.reports import review_text

    console.write(review_text.render(update.review, style=console.style_of(sys.stdout)))
    if not dry_run:
        console.say()
        console.next_steps("modelyard sync", f"git add {shown(update.locking.file)}")


def _value(update: Update) -> dict[str, object]:
    from modelyard.reports.review_json import as_value

    return {"moved": {each.name: _moved(each) for each in update.locking.moved}, "review": as_value(update.review)}


def _moved(moved: Moved) -> dict[str, object]:
    return {"before": _pinned(moved.before), "after": _pinned(moved.after)}


def _pinned(locked: Locked | None) -> dict[str, str] | None:
    if locked is None:
        return None
    return {
        "version": str(locked.delivery.version),
        "commit": locked.delivery.commit,
        "registry": locked.delivery.registry,
    }
