"""``modelyard compare``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    from modelyard.api.comparing import Compared
    from modelyard.evaluate.comparison import Candidate, Comparison, MetricComparison

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard compare fraud@production fraud@latest
"""

_ABSENT = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "references", nargs="+", metavar="REF", help="two versions or more; all are held against the first"
    )
    parser.add_argument("--split", metavar="SPLIT", help="the split or slice (default: the policy's, else test)")
    parser.add_argument("--repo", default=".", metavar="PATH|URL", help="the registry (default: here)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Show the versions side by side, and what the figures prove."""
    from modelyard.api.comparing import compare_references
    from modelyard.api.origin import open_origin

    compared = compare_references(open_origin(arguments.repo), arguments.references, split=arguments.split)
    if arguments.format == "json":
        from modelyard.reports.comparison import as_value

        value = as_value(
            compared.commit,
            compared.candidates,
            compared.comparisons,
            compared.signature_breaks,
            compared.remarks,
        )
        console.say(json.dumps(value, indent=2))
        return 0
    console.say("\n".join(_lines(compared)))
    for remark in compared.remarks:
        console.note(remark)
    return 0


def _lines(compared: Compared) -> Iterator[str]:
    header = ("", *(str(each.version_id) for each in compared.candidates))
    yield console.table(header, list(_rows(compared)))
    for comparison, breaks in zip(compared.comparisons, compared.signature_breaks, strict=True):
        yield ""
        yield from _verdict(comparison)
        for each in breaks:
            yield f"  signature: {each.message}"


def _rows(compared: Compared) -> Iterator[tuple[str, ...]]:
    from modelyard.cli.amounts import amount

    yield from _table(compared, lambda each: {name: f"{value:g}" for name, value in _metrics(each).items()})
    yield from _table(compared, _params)
    for label, read in (("data", _data), ("inputs", _inputs), ("outputs", _outputs)):
        yield (label, *map(read, compared.candidates))
    sizes = (amount(each.metadata.size) if each.metadata else _ABSENT for each in compared.candidates)
    yield ("size", *sizes)


def _table(compared: Compared, read: Callable[[Candidate], Mapping[str, str]]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each name that one of the versions has."""
    columns = [read(each) for each in compared.candidates]
    for name in dict.fromkeys(name for column in columns for name in column):
        yield (name, *(column.get(name, _ABSENT) for column in columns))


def _metrics(candidate: Candidate) -> Mapping[str, float]:
    return candidate.metrics.values if candidate.metrics else {}


def _params(candidate: Candidate) -> Mapping[str, str]:
    params = candidate.metadata.params if candidate.metadata else {}
    return {f"param {name}": json.dumps(value, ensure_ascii=False) for name, value in params.items()}


def _data(candidate: Candidate) -> str:
    manifest = candidate.manifest
    if manifest is None:
        return candidate.metadata.dataset_manifest if candidate.metadata else _ABSENT
    return f"{manifest.name} ({', '.join(each.sha256[:12] for each in manifest.files)})"


def _inputs(candidate: Candidate) -> str:
    signature = candidate.metadata.signature if candidate.metadata else None
    return ", ".join(f"{each.name}: {each.type}" for each in signature.inputs) if signature else _ABSENT


def _outputs(candidate: Candidate) -> str:
    signature = candidate.metadata.signature if candidate.metadata else None
    return ", ".join(f"{each.name}: {each.type}" for each in signature.outputs) if signature else _ABSENT


def _verdict(comparison: Comparison) -> Iterator[str]:
    from modelyard.reports.visible import visible

    style = console.style_of(sys.stdout)
    verdict = style.bold(comparison.verdict.value)
    yield f"{comparison.newer} against {comparison.older}: {verdict}; {visible(comparison.explanation)}"
    compared = [*comparison.metrics, *((comparison.score,) if comparison.score else ())]
    yield from (f"  {line}" for line in console.columns([_row(each) for each in compared]))


def _row(found: MetricComparison) -> tuple[str, str, str]:
    name = f"{found.split}.{found.metric}" if found.split else found.metric
    return name, found.verdict.value, found.explanation
