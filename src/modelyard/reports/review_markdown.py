"""A review as Markdown: what the summary of a job or the description of a pull request shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.reports import markdown
from modelyard.reports.charts import chart
from modelyard.reports.markup import code, preformatted, prose
from modelyard.reports.review_words import (
    change_of,
    comparison_of,
    difference_of,
    figure_of,
    figures_of_gate,
    method_of,
    remarks_on,
    signature_told,
    title,
    verdict_of,
)
from modelyard.review.deeds import MOST_IN_A_SENTENCE, in_one_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from modelyard.evaluate.metric_changes import MetricChange
    from modelyard.review.facts import Fact
    from modelyard.review.review import Candidate, Review

__all__ = ["MOST_BYTES", "render"]

MOST_BYTES = markdown.MOST_BYTES
"""The most that a report has: where it goes there is no more room than for a judgement."""

_LEFT_OUT = "More does not fit here: `modelyard report` tells it all."


def render(review: Review, *, most: int = MOST_BYTES) -> str:
    """Return the report, of at most so many bytes: what does not fit is left out and named, the last parts first."""
    head = [f"## This change {prose(in_one_sentence(review.deeds))}", ""]
    head += [*(f"- It {prose(deed)}" for deed in review.deeds), ""] if len(review.deeds) > MOST_IN_A_SENTENCE else []
    end = ["", "### To undo it once it is merged", "", preformatted(review.undo)] if review.undo else []
    judged = _gate(review, most // 2)
    room = most - _size((*head, *judged, *end)) - _size((_LEFT_OUT,))
    parts: list[str] = []
    for part in (part for candidate in review.candidates for part in _candidate(candidate)):
        size = _size(part)
        if size > room:
            parts += ["", _LEFT_OUT]
            break
        room -= size
        parts += part
    return "\n".join((*head, *judged, *parts, *end, ""))


def _gate(review: Review, most: int) -> list[str]:
    """Return what the gate says as a part of this report, under a heading of ours."""
    if review.judgement is None:
        return []
    _heading, *lines = markdown.render(review.judgement, most=most).splitlines()
    return ["### The gate", *(f"#{line}" if line.startswith("##") else line for line in lines)]


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode("utf-8")) + 1 for line in lines)


def _candidate(candidate: Candidate) -> Iterator[list[str]]:
    """Yield the parts about one version, each complete in itself."""
    # What strangers wrote never begins a line: there a dash or a number would open a list.
    told = ["", f"In its own words: {prose(candidate.description)}"] if candidate.description else []
    told += ["", f"Reason: {prose(candidate.reason)}"] if candidate.reason else []
    yield ["", f"### {prose(title(candidate))}", *told]
    if candidate.gates:
        rows = [
            (code(str(each.gate)), verdict_of(each, candidate), prose(figures_of_gate(each)))
            for each in candidate.gates
        ]
        yield _table(("gate", "verdict", "figures"), rows)
    if candidate.metrics.metrics:
        yield _metrics(candidate)
    if candidate.facts:
        yield _facts(candidate)
    if candidate.against and candidate.facts:
        yield ["", *(f"- Signature: {prose(message)}" for message, _ in signature_told(candidate))]
    if candidate.card:
        yield _folded("Model card, line by line", candidate.card)


def _metrics(candidate: Candidate) -> list[str]:
    header = ["metric", *map(code, _versions(candidate))]
    if candidate.against is None:
        return _table(header, [(code(change.name), figure_of(change.newer)) for change in candidate.metrics.metrics])
    rows = [_metric_row(change) for change in candidate.metrics.metrics]
    lines = [line for change in candidate.metrics.metrics for line in _chart(change, candidate)]
    overall = comparison_of(candidate)
    told = ["", f"Compared by its metrics: {prose(overall)}"] if overall else []
    told += [part for remark in remarks_on(candidate) for part in ("", f"Note: {prose(remark)}")]
    return [
        *told,
        *_table([*header, "difference", ""], rows),
        *_folded("Chart of the metrics and their intervals", lines),
    ]


def _metric_row(change: MetricChange) -> tuple[str, ...]:
    difference = " ".join(part for part in (difference_of(change), prose(method_of(change))) if part)
    figures = (figure_of(change.newer), figure_of(change.older), difference)
    return (code(change.name), *figures, prose(change_of(change)))


def _chart(change: MetricChange, candidate: Candidate) -> Iterator[str]:
    versions = _versions(candidate)
    measured = (change.newer, change.older)
    width = max(map(len, versions))
    for version, line, each in zip(versions, chart(measured), measured, strict=True):
        yield f"{version.ljust(width)}  {line}  {change.name} {figure_of(each)}"


def _facts(candidate: Candidate) -> list[str]:
    rows = [(prose(fact.what), _stated(fact.newer), *_before(fact, candidate)) for fact in candidate.facts]
    return _table(["", *map(code, _versions(candidate))], rows)


def _before(fact: Fact, candidate: Candidate) -> list[str]:
    if candidate.against is None:
        return []
    return [_stated(fact.older) if fact.differs else "the same"]


def _stated(text: str | None) -> str:
    # What a version states is code, and our own words are not.
    return "not stated" if text is None else code(text)


def _versions(candidate: Candidate) -> list[str]:
    return [str(each.version) for each in (candidate.version_id, candidate.against) if each]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table of cells that are HTML already; to Markdown it is HTML up to the next empty line."""
    return ["", "<table>", _row("th", header), *(_row("td", row) for row in rows), "</table>"]


def _row(kind: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{kind}>{cell}</{kind}>' for cell in cells)}</tr>"


def _folded(summary: str, lines: Sequence[str]) -> list[str]:
    return ["", "<details>", f"<summary>{summary}</summary>", "", preformatted(lines), "", "</details>"]
