"""``modelyard lock``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import application, console

if TYPE_CHECKING:
    import argparse

    from modelyard.api.application.locking import Locking
    from modelyard.documents.lockfile import Lock

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard lock
  modelyard lock --check
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing, and refuse where something would be written"
    )
    application.add_project(parser)
    application.add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    """Lock what the application asks for, and say what that is."""
    from modelyard.api.application.locking import check_lock, lock_models

    if arguments.check:
        lock = check_lock(arguments.project)
        console.say(json.dumps(_value(lock), indent=2) if arguments.format == "json" else _counted(lock, "fits"))
        return 0
    locking = lock_models(arguments.project)
    if arguments.format == "json":
        moved = [each.name for each in locking.moved]
        console.say(json.dumps({**_value(locking.lock), "moved": moved}, indent=2))
        return 0
    console.say(_counted(locking.lock, console.good("locked")))
    console.say("\n".join(console.columns([_row(name, locking) for name in _names(locking)])))
    return 0


def _counted(lock: Lock, word: str) -> str:
    count = len(lock.models)
    return f"{word}: {count} {'model' if count == 1 else 'models'}"


def _names(locking: Locking) -> list[str]:
    gone = [each.name for each in locking.moved if each.after is None]
    return [*sorted(locking.lock.models), *gone]


def _row(name: str, locking: Locking) -> tuple[str, ...]:
    moved = next((each for each in locking.moved if each.name == name), None)
    locked = locking.lock.models.get(name)
    if locked is None:
        return (f"  {name}", "", "", "no longer asked for")
    became = "as before" if moved is None else "new" if moved.before is None else f"was {moved.before.delivery.version}"
    delivery = locked.delivery
    return (f"  {name}", f"{delivery.version}", f"{locked.reference.selector} at {delivery.commit[:12]}", became)


def _value(lock: Lock) -> dict[str, object]:
    models = {
        name: {
            "version": str(locked.delivery.version),
            "reference": str(locked.reference),
            "registry": locked.delivery.registry,
            "commit": locked.delivery.commit,
            "size": locked.delivery.size,
        }
        for name, locked in sorted(lock.models.items())
    }
    return {"models": models}
