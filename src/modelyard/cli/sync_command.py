"""``modelyard sync``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import application, console, fetching

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from modelyard.api.application.syncing import Synced, SyncedModel

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard sync
  modelyard sync --frozen --offline
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--frozen", action="store_true", help="never write the lock, and refuse one that is not what is asked for"
    )
    parser.add_argument("--offline", action="store_true", help="ask no registry and no remote: the cache has to do")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="put models there (default: models, beside modelyard.toml)"
    )
    parser.add_argument(
        "--prune", action="store_true", help="remove what somebody else has put into the directory of a model"
    )
    fetching.add_arguments(parser)
    application.add_project(parser)
    application.add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the models equal to the lock, and say what was done."""
    from modelyard.api.application.syncing import sync_models

    with console.progress_bar("sync") as progress:
        synced = sync_models(
            arguments.project,
            arguments.out,
            frozen=arguments.frozen,
            offline=arguments.offline,
            prune=arguments.prune,
            jobs=arguments.jobs,
            link=arguments.link,
            progress=progress,
        )
    if arguments.format == "json":
        import json

        console.say(json.dumps(_value(synced), indent=2))
        return 0
    _warn(synced)
    for line in _lines(synced):
        console.say(line)
    return 0


def _warn(synced: Synced) -> None:
    for model in synced.models:
        for corruption in model.fetched.healed if model.fetched else ():
            console.warn(str(corruption), "it was fetched again, and is right now")


def _lines(synced: Synced) -> Iterator[str]:
    from modelyard.api.application.project import shown

    for moved in synced.moved:
        if moved.before and moved.after:
            yield f"locked anew: {moved.after.delivery.version} instead of {moved.before.delivery.version}"
        elif moved.before:
            yield f"locked no more: {moved.before.delivery.version}"
    if synced.is_untouched:
        count = len(synced.models)
        yield f"{console.good('in place')}: {count} {'model' if count == 1 else 'models'}, every byte as it is locked"
        return
    yield from console.columns(
        [
            (each.state, str(each.locked.delivery.version) if each.locked else each.name, shown(each.path))
            for each in synced.models
        ]
    )
    for model in synced.models:
        yield from (f"  {shown(model.path / path)} had other bytes" for path in model.mended)
        yield from (f"  {shown(model.path / path)} was removed" for path in model.pruned)


def _value(synced: Synced) -> dict[str, object]:
    return {
        "out": str(synced.out),
        "models": {each.name: _model_value(each) for each in synced.models},
        "moved": [each.name for each in synced.moved],
    }


def _model_value(model: SyncedModel) -> dict[str, object]:
    return {
        "state": model.state,
        "version": str(model.locked.delivery.version) if model.locked else None,
        "path": str(model.path),
        "mended": list(model.mended),
        "pruned": list(model.pruned),
        "fetched": model.fetched.size if model.fetched else 0,
    }
