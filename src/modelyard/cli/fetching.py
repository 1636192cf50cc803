"""What the commands that fetch artifacts share."""

from __future__ import annotations

import argparse

from modelyard.storage.jobs import JOBS, MOST_JOBS

__all__ = ["add_arguments"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how artifacts are fetched and put in place."""
    parser.add_argument(
        "-j", "--jobs", type=_jobs, default=JOBS, metavar="N", help=f"objects to fetch at once (default: {JOBS})"
    )
    parser.add_argument(
        "--link",
        action="store_true",
        help="hard links to the cache rather than copies, which are then read-only; no effect where blocks are shared",
    )


def _jobs(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= MOST_JOBS:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a number from 1 to {MOST_JOBS}, not {text!r}")
