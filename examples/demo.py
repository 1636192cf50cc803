"""From training to prediction: runs the main job of a registry for real, in a scratch directory.

    python examples/demo.py [--keep DIR]

Every figure it prints is computed in that run. It needs modelyard, scikit-learn and Git, and no network.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from demonstration.desk import CommandFailed
from demonstration.story import CHAPTERS
from demonstration.terminal import Terminal
from demonstration.world import make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED, USAGE, INTERRUPTED = 1, 2, 130


def main() -> int:
    """Tell the story; return 0 when all of it went as told."""
    arguments = _arguments()
    terminal = Terminal()
    if arguments.keep and arguments.keep.exists() and any(arguments.keep.iterdir()):
        terminal.bad(f"{arguments.keep} is not empty; name a new directory")
        return USAGE
    missing = [name for name in ("modelyard", "python") if not (Path(sys.executable).parent / name).exists()]
    if missing:
        terminal.bad(f"there is no {missing[0]} beside {sys.executable}; `make demo` makes one, and runs this there")
        return USAGE
    started = time.monotonic()
    try:
        with _scratch(arguments.keep) as root:
            world = make_world(root, terminal)
            for chapter in CHAPTERS:
                chapter(world)
    except CommandFailed as failed:
        terminal.bad(str(failed))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    _say_what_is_next(terminal, time.monotonic() - started, arguments.keep)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the main job of a registry for real, in a scratch directory.")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in this new directory, and leave it there")
    return parser.parse_args()


@contextmanager
def _scratch(keep: Path | None) -> Iterator[Path]:
    """Give the directory to work in; it is gone afterwards unless it is to be kept."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    directory = Path(tempfile.mkdtemp(prefix="modelyard-demo-")).resolve()
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


def _say_what_is_next(terminal: Terminal, seconds: float, keep: Path | None) -> None:
    terminal.heading("That was all of it")
    terminal.tell(f"Every command above ran for real, in {seconds:.0f} seconds.")
    if keep:
        terminal.tell(f"What it made is in {keep}: models, training, review and app are ordinary clones.")
    else:
        terminal.tell("To look at what it made: python examples/demo.py --keep DIR")
    terminal.tell("To do it by hand: the five-minute tour in README.md")


if __name__ == "__main__":
    sys.exit(main())
