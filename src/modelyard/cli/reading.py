"""What commands that read have in common: which registry they read, and as of when."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = [
    "add_clone",
    "add_filters",
    "add_offline",
    "add_place",
    "add_reference",
    "add_registry",
    "add_time",
    "add_yanked",
]


def add_reference(parser: argparse.ArgumentParser) -> None:
    """Declare the reference of one version, and how the registry is read that it means something in."""
    parser.add_argument(
        "reference", metavar="REF", help="fraud@1.2.0, fraud@^1.2, fraud@production, fraud@latest or fraud@best"
    )
    add_registry(parser)
    add_time(parser)
    add_offline(parser)
    add_yanked(parser)


def add_registry(parser: argparse.ArgumentParser) -> None:
    """Declare ``--repo``, of a command that reads a clone or an address."""
    parser.add_argument("--repo", "--registry", default=".", metavar="PATH|URL", help="the registry (default: here)")


def add_clone(parser: argparse.ArgumentParser) -> None:
    """Declare ``--repo``, of a command that only a clone can answer."""
    parser.add_argument("--repo", "--registry", default=".", metavar="PATH", help="the clone (default: here)")


def add_place(parser: argparse.ArgumentParser) -> None:
    """Declare ``--registry``, of a command that works in a clone's work tree."""
    from pathlib import Path

    parser.add_argument(
        "--registry", "--repo", type=Path, default=Path(), metavar="DIR", help="the registry (default: here)"
    )


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Declare what narrows a history down."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="one model (default: all, and the policy)")
    parser.add_argument("--stage", metavar="STAGE", help="only what happened in this stage")
    parser.add_argument("--limit", type=int, metavar="N", help="only the newest N events")
    add_clone(parser)
    parser.add_argument("--no-cache", action="store_true", help="neither read nor keep events beside .git")
    parser.add_argument(
        "--head", metavar="REV", help="the branch or commit whose first parents are read (default: the main branch)"
    )


def add_offline(parser: argparse.ArgumentParser) -> None:
    """Declare ``--offline``."""
    parser.add_argument(
        "--offline", action="store_true", help="fetch nothing: of an address, read what was fetched before"
    )


def add_time(parser: argparse.ArgumentParser) -> None:
    """Declare ``--as-of``."""
    parser.add_argument("--as-of", metavar="WHEN", help="the registry as it was on a day, at a time or in a commit")


def add_yanked(parser: argparse.ArgumentParser) -> None:
    """Declare ``--allow-yanked``."""
    parser.add_argument(
        "--allow-yanked", action="store_true", help="take a version that was yanked, where REF names its number"
    )
