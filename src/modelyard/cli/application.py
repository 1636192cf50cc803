"""What the commands of an application share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_format", "add_project"]


def add_project(parser: argparse.ArgumentParser) -> None:
    """Declare where the list of models is looked for."""
    parser.add_argument(
        "--project",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="look for modelyard.toml there and above (default: here)",
    )


def add_format(parser: argparse.ArgumentParser, *others: str) -> None:
    """Declare how to print."""
    parser.add_argument("--format", choices=("text", *others, "json"), default="text", help="how to print")
