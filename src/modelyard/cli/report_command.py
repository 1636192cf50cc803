"""``modelyard report``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

    from modelyard.review.review import Review

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard report
  modelyard report --base main --head origin/promote/fraud-1.2.0-to-production
  modelyard report --format markdown
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--base", default="auto", metavar="REV", help="what the change is held against (default: where it starts from)"
    )
    parser.add_argument("--head", default="HEAD", metavar="REV", help="the change's last commit (default: HEAD)")
    reading.add_place(parser)
    parser.add_argument("--actor", metavar="NAME", help="who makes the change, to be held against the owners")
    parser.add_argument(
        "--no-gate", action="store_true", help="leave out what the gate says, as where that is told beside"
    )
    parser.add_argument("--no-artifacts", action="store_true", help="do not digest artifacts that lie at hand")
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print the report; whether the change is refused is for ``modelyard validate`` to answer by an exit code."""
    from modelyard.api.inquiry import Inquiry
    from modelyard.api.reviewing import review_change

    inquiry = None if arguments.no_gate else Inquiry(artifacts=not arguments.no_artifacts, actor=arguments.actor)
    review = review_change(arguments.registry, inquiry, base=arguments.base, head=arguments.head)
    console.write(_rendered(review, arguments.format))
    return 0


def _rendered(review: Review, name: str) -> str:
    from modelyard.reports import review_json, review_markdown, review_text

    if name == "markdown":
        return review_markdown.render(review)
    if name == "json":
        return review_json.render(review)
    return review_text.render(review, style=console.style_of(sys.stdout))
