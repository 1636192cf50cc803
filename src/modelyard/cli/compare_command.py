"""``modelyard compare``."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.api.comparing import Contrast
    from modelyard.evaluate.comparison import MetricComparison

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard compare fraud@production fraud@latest
  modelyard compare fraud@1.0.0 fraud@1.1.0 fraud@1.2.0 --metric test.accuracy
  modelyard compare fraud@1.0.0 fraud@1.1.0 --margin accuracy=0.01
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "references", nargs="+", metavar="REF", help="the version that the others are held against, then the others"
    )
    reading.add_registry(parser)
    parser.add_argument("--metric", action="append", default=[], metavar="NAME", help="compare by this one; repeatable")
    parser.add_argument(
        "--margin",
        action="append",
        default=[],
        type=_margin,
        metavar="NAME=NUMBER",
        help="a difference of a metric that does not matter; repeatable (default: the least tolerance of a gate)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Compare the versions."""
    from modelyard.api.comparing import compare_all
    from modelyard.api.origin import open_origin

    contrasts = compare_all(
        open_origin(arguments.repo), arguments.references, only=arguments.metric, margins=dict(arguments.margin)
    )
    if arguments.format == "json":
        console.say(json.dumps([_as_value(each) for each in contrasts], indent=2))
    else:
        console.say("\n\n".join("\n".join(_lines(each)) for each in contrasts))
    for remark in dict.fromkeys(remark for each in contrasts for remark in each.comparison.remarks):
        console.note(remark)
    return 0


def _margin(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        margin = float(number)
    except ValueError:
        margin = -1.0
    if not name or not 0 < margin < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER with a number above 0, such as accuracy=0.01")
    return name, margin


def _as_value(contrast: Contrast) -> dict[str, object]:
    comparison = contrast.comparison
    return {
        "older": str(comparison.older),
        "newer": str(comparison.newer),
        "verdict": comparison.verdict.value,
        "explanation": comparison.explanation,
        "level": comparison.level,
        "remarks": list(comparison.remarks),
        "metrics": [_metric_value(each) for each in comparison.metrics],
        "facts": [{"what": fact.what, "older": fact.older, "newer": fact.newer} for fact in contrast.facts],
        "signature": None
        if contrast.signature is None
        else [{"message": each.message, "breaks": each.breaks} for each in contrast.signature],
    }


def _metric_value(found: MetricComparison) -> dict[str, object]:
    shown = found.difference
    return {
        "metric": found.metric,
        "older": found.older,
        "newer": found.newer,
        "verdict": found.verdict.value,
        "effect": shown.effect if shown else None,
        "low": shown.low if shown else None,
        "high": shown.high if shown else None,
        "p_value": shown.p_value if shown else None,
        "adjusted_p_value": found.adjusted,
        "method": shown.method or None if shown else None,
        "explanation": found.explanation or None,
    }


def _lines(contrast: Contrast) -> Iterator[str]:
    from modelyard.reports.visible import visible

    style = console.style_of(sys.stdout)
    comparison = contrast.comparison
    yield style.bold(f"{comparison.newer} against {comparison.older}: {comparison.verdict.value}")
    yield visible(f"{comparison.explanation}; differences at {comparison.level:.0%}")
    yield ""
    header = ("metric", str(comparison.older.version), str(comparison.newer.version), "difference", "", "verdict")
    rows = [header, *(tuple(map(visible, _row(each))) for each in comparison.metrics)]
    yield from console.columns(rows)
    differing = [(fact.what, fact.older or "none", fact.newer or "none") for fact in contrast.facts if fact.differs]
    if differing:
        yield ""
        yield from console.columns([(visible(what), visible(old), "→", visible(new)) for what, old, new in differing])
    if contrast.signature is not None:
        yield ""
        for each in contrast.signature:
            yield visible(f"signature: {each.message}{', which breaks callers' if each.breaks else ''}")
        if not contrast.signature:
            yield "signature: the same"


def _row(found: MetricComparison) -> tuple[str, ...]:
    old, new = ("-" if figure is None else f"{figure:g}" for figure in (found.older, found.newer))
    shown = found.difference
    effect = f"{shown.effect:+.4g}" if shown else ""
    interval = (
        f"{shown.low:+.4f} to {shown.high:+.4f}" if shown and shown.low is not None and shown.high is not None else ""
    )
    return found.metric, old, new, effect, interval, _verdict(found)


def _verdict(found: MetricComparison) -> str:
    details = [found.explanation] if found.explanation else []
    if found.difference and found.adjusted is not None:
        details += [found.difference.method, f"p = {found.adjusted:.2g}"]
    return f"{found.verdict.value} ({', '.join(details)})" if details else found.verdict.value
