"""``modelyard outdated``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import application, console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from modelyard.api.application.outdating import Standing
    from modelyard.names import VersionId

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard outdated
  modelyard outdated --exit-code --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--exit-code", action="store_true", help="end with 1 where a model is outdated (default: 0, whatever is found)"
    )
    application.add_project(parser)
    application.add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what is locked beside what is asked for by now."""
    from modelyard.api.application.outdating import outdated_models

    found = outdated_models(arguments.project)
    if arguments.format == "json":
        console.say(json.dumps({"models": {each.name: _value(each) for each in found}}, indent=2))
    else:
        _tell(found)
    return int(arguments.exit_code and any(each.is_outdated for each in found))


def _tell(found: Sequence[Standing]) -> None:
    from modelyard.reports.visible import visible

    outdated = [each for each in found if each.is_outdated]
    if not outdated:
        console.say("nothing is outdated: what is locked is what is asked for")
        return
    rows = [
        (
            each.name,
            _version(each.locked.delivery.version),
            str(each.locked.reference.selector),
            _version(each.wanted),
            _version(each.latest),
        )
        for each in outdated
    ]
    console.say(console.table(("model", "locked", "asked for", "means", "latest"), rows))
    for remark in dict.fromkeys(remark for each in outdated for remark in each.remarks):
        console.say(f"  {visible(remark)}")
    console.next_steps(f"modelyard update {' '.join(each.name for each in outdated)}")


def _version(version_id: VersionId | None) -> str:
    return str(version_id.version) if version_id else "nothing"


def _value(standing: Standing) -> dict[str, object]:
    return {
        "locked": str(standing.locked.delivery.version),
        "reference": str(standing.locked.reference),
        "wanted": str(standing.wanted) if standing.wanted else None,
        "latest": str(standing.latest) if standing.latest else None,
        "outdated": standing.is_outdated,
        "remarks": list(standing.remarks),
    }
