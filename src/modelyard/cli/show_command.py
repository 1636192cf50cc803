"""``modelyard show``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from modelyard.api.showing import ShownVersion, Standing

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard show fraud@production
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    reading.add_reference(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Show the version."""
    from modelyard.api.origin import open_origin
    from modelyard.api.showing import show_version

    origin = open_origin(arguments.repo, as_of=arguments.as_of, offline=arguments.offline)
    shown = show_version(origin, arguments.reference, allow_yanked=arguments.allow_yanked)
    if arguments.format == "json":
        console.say(json.dumps(_as_value(shown), indent=2))
    else:
        console.say("\n".join(_lines(shown)))
    return 0


def _as_value(shown: ShownVersion) -> dict[str, object]:
    return {
        "metadata": shown.metadata.to_value(),
        "metrics": dict(shown.metrics),
        "owners": list(shown.model.owners) if shown.model else [],
        "deprecation": _deprecation_value(shown),
        "stages": [_standing_value(standing) for standing in shown.standings],
        "commit": shown.commit,
    }


def _deprecation_value(shown: ShownVersion) -> dict[str, str | None] | None:
    deprecation = shown.model.deprecation if shown.model else None
    return {"reason": deprecation.reason, "replacement": deprecation.replacement} if deprecation else None


def _standing_value(standing: Standing) -> dict[str, object]:
    since = standing.since
    return {
        "stage": str(standing.seat),
        "reason": standing.reason,
        "since": since.time.isoformat() if since else None,
        "by": since.author.name if since else None,
        "commit": since.id if since else None,
    }


def _lines(shown: ShownVersion) -> Iterator[str]:
    from modelyard.cli.amounts import amount
    from modelyard.reports.visible import visible

    style = console.style_of(sys.stdout)
    metadata = shown.metadata
    yield style.bold(str(shown.id))
    yield visible(metadata.description)
    yield ""
    for label, value in _facts(shown):
        yield f"{style.dim(label.ljust(10))} {visible(value)}"
    if shown.metrics:
        yield ""
        yield style.bold("metrics")
        yield from _indented((name, f"{figure:g}") for name, figure in shown.metrics.items())
    yield ""
    yield style.bold("files")
    yield from _indented(
        (path, record.role, record.format, amount(record.size), f"sha256 {record.sha256[:16]}…")
        for path, record in sorted(metadata.files.items())
    )


def _indented(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    return (f"  {line}" for line in console.columns(list(rows)))


def _facts(shown: ShownVersion) -> Iterator[tuple[str, str]]:
    metadata = shown.metadata
    for standing in shown.standings:
        yield "stage", _standing_text(standing)
    if not shown.standings:
        yield "stage", "none"
    if metadata.framework:
        yield "framework", str(metadata.framework)
    yield "license", metadata.license
    yield "created", metadata.created_at
    yield "source", f"{metadata.source.repo} at {metadata.source.commit[:12]}"
    yield "data set", metadata.dataset_manifest
    rows = {split: evaluation.n for split, evaluation in metadata.evaluation.items() if evaluation.n}
    if rows:
        yield "evaluated", ", ".join(f"on {n} rows ({split})" for split, n in rows.items())
    if metadata.parents:
        yield "parents", ", ".join(map(str, metadata.parents))
    if metadata.mlflow:
        yield "mlflow", metadata.mlflow.run_id
    if shown.model:
        yield "owners", ", ".join(shown.model.owners)
    deprecation = shown.model.deprecation if shown.model else None
    if deprecation:
        instead = f"; use {deprecation.replacement}" if deprecation.replacement else ""
        yield "deprecated", f"{deprecation.reason}{instead}"


def _standing_text(standing: Standing) -> str:
    text = str(standing.seat)
    if standing.since:
        text += f" since {standing.since.time:%Y-%m-%d %H:%M} UTC, by {standing.since.author.name}"
    return f"{text}: {standing.reason}" if standing.reason else text
