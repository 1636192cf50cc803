"""``modelyard stats``."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from statistics import median
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from modelyard.history.figures import Figures, ModelFigures
    from modelyard.history.placed import Placed

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard stats --format prometheus
"""

_HEADER = ("MODEL", "VERSIONS", "SIZE", "NEWEST", "IN STAGES", "PROMOTIONS", "ROLL BACKS", "TIME TO LAST STAGE")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    reading.add_clone(parser)
    parser.add_argument("--format", choices=("table", "json", "prometheus"), default="table", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print how many, how large, how old, how often, and how long it takes."""
    from modelyard.api.counting import count_registry
    from modelyard.api.repository import open_repository

    figures = count_registry(open_repository(arguments.repo))
    if arguments.format == "json":
        console.say(json.dumps(_as_value(figures), indent=2))
    elif arguments.format == "prometheus":
        from modelyard.reports.prometheus import render

        console.write(render(figures))
    else:
        console.say("\n".join(_lines(figures)))
    return 0


def _lines(figures: Figures) -> Iterator[str]:
    now = datetime.now(timezone.utc)
    yield console.table(_HEADER, [_row(model, now) for model in figures.models])
    if figures.months:
        yield ""
        rows = [(month, stage, str(number)) for (month, stage), number in figures.months.items()]
        yield console.table(("MONTH", "STAGE", "PROMOTIONS"), rows)


def _row(model: ModelFigures, now: datetime) -> tuple[str, ...]:
    from modelyard.cli.amounts import amount

    stages = (f"{_label(each)} {_span(now - each.event.time)}" for each in model.placed)
    return (
        model.name,
        str(model.versions),
        amount(model.size),
        f"{_span(now - model.newest)} ago" if model.newest else "-",
        ", ".join(stages) or "-",
        str(sum(model.promotions.values())),
        str(sum(model.rollbacks.values())),
        _span(_middle(model.waits)) if model.waits else "-",
    )


def _label(placed: Placed) -> str:
    share = "" if placed.share is None else f" ({placed.share}%)"
    return f"{placed.stage} {placed.version}{share} for"


def _span(span: timedelta) -> str:
    """Return a span in whole hours below two days, in whole days from there on."""
    hours = max(0, round(span.total_seconds() / 3600))
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"


def _middle(waits: Iterable[timedelta]) -> timedelta:
    return timedelta(seconds=median(wait.total_seconds() for wait in waits))


def _as_value(figures: Figures) -> dict[str, object]:
    return {
        "last_stage": figures.goal,
        "models": [_model_value(model) for model in figures.models],
        "promotions_per_month": [
            {"month": month, "stage": stage, "promotions": number} for (month, stage), number in figures.months.items()
        ],
    }


def _model_value(model: ModelFigures) -> dict[str, object]:
    return {
        "model": model.name,
        "versions": model.versions,
        "size": model.size,
        "newest": _moment(model.newest) if model.newest else None,
        "stages": [
            {
                "stage": each.stage,
                "version": str(each.version),
                "share": each.share,
                "since": _moment(each.event.time),
            }
            for each in model.placed
        ],
        "promotions": dict(model.promotions),
        "rollbacks": dict(model.rollbacks),
        "seconds_to_last_stage": {
            "count": len(model.waits),
            "median": _middle(model.waits).total_seconds() if model.waits else None,
            "longest": max(model.waits).total_seconds() if model.waits else None,
        },
    }


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
