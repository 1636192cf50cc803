"""A review for a terminal: one page, from what is done to how to undo it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.evaluate.gates import Verdict
from modelyard.reports import text
from modelyard.reports.charts import chart
from modelyard.reports.columns import columns
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
from modelyard.reports.style import PLAIN
from modelyard.reports.visible import visible
from modelyard.review.deeds import MOST_IN_A_SENTENCE, in_one_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.evaluate.metric_changes import MetricChange
    from modelyard.reports.style import Style
    from modelyard.review.facts import Fact
    from modelyard.review.review import Candidate, Review

__all__ = ["render"]


def render(review: Review, *, style: Style = PLAIN) -> str:
    """Return the page; no line of it begins with what a stranger wrote."""
    lines = [style.bold(f"this change {_plain(in_one_sentence(review.deeds))}")]
    lines += [f"  {_plain(deed)}" for deed in review.deeds] if len(review.deeds) > MOST_IN_A_SENTENCE else []
    for candidate in review.candidates:
        lines += ["", style.bold(_plain(title(candidate))), *_candidate(candidate, style)]
    if review.judgement:
        lines += ["", style.bold("the gate"), *text.render(review.judgement, style=style).splitlines()]
    if review.undo:
        lines += ["", style.bold("to undo it once it is merged"), *(f"  {visible(command)}" for command in review.undo)]
    # Runners obey the older form of a command, ##[name], anywhere in a line.
    return ("\n".join(lines) + "\n").replace("##[", "# #[")


def _candidate(candidate: Candidate, style: Style) -> Iterator[str]:
    if candidate.description:
        yield f"  {visible(candidate.description)}"
    if candidate.reason:
        yield f"  reason: {visible(candidate.reason)}"
    parts = {
        "gates": _gates(candidate, style),
        "metrics": _metrics(candidate, style),
        "stated": _facts(candidate, style),
        "signature": _signature(candidate, style),
        "card": _card(candidate, style),
    }
    for name, lines in parts.items():
        told = list(lines)
        if told:
            yield ""
            yield f"  {style.dim(name)}"
            yield from (f"    {line}" for line in told)


def _gates(candidate: Candidate, style: Style) -> Iterator[str]:
    rows = [(str(each.gate), verdict_of(each, candidate), figures_of_gate(each)) for each in candidate.gates]
    paint = {Verdict.KEPT: style.green, Verdict.UNSURE: style.yellow}
    for line, each in zip(columns(rows), candidate.gates, strict=True):
        yield paint.get(each.verdict, style.red)(line)


def _metrics(candidate: Candidate, style: Style) -> Iterator[str]:
    overall = comparison_of(candidate)
    if overall:
        yield _painted(_plain(overall), style)
    yield from (style.yellow(visible(remark)) for remark in remarks_on(candidate))
    for change in candidate.metrics.metrics:
        if candidate.against is None:
            yield f"{visible(change.name)}  {figure_of(change.newer)}"
            continue
        yield f"{visible(change.name)}  {_difference(change)}  {_painted(visible(change_of(change)), style)}"
        versions = (candidate.version_id.version, candidate.against.version)
        measured = (change.newer, change.older)
        rows = zip(map(str, versions), chart(measured), map(figure_of, measured), strict=True)
        yield from (f"  {line}" for line in columns(list(rows)))


def _difference(change: MetricChange) -> str:
    return " ".join(part for part in (difference_of(change), visible(method_of(change))) if part)


def _painted(word: str, style: Style) -> str:
    paint = {"better": style.green, "worse": style.red, "equivalent": style.green}
    return paint.get(word.split(maxsplit=1)[0].rstrip(":"), style.yellow)(word)


def _facts(candidate: Candidate, style: Style) -> Iterator[str]:
    rows = [(fact.what, fact.newer or "not stated", _before(fact, candidate)) for fact in candidate.facts]
    for line, fact in zip(columns(rows), candidate.facts, strict=True):
        yield line if fact.differs else style.dim(line)


def _before(fact: Fact, candidate: Candidate) -> str:
    # Our own words begin each, so that nothing in a version can pass for them.
    if candidate.against is None:
        return ""
    return f"was {fact.older or 'not stated'}" if fact.differs else "as before"


def _signature(candidate: Candidate, style: Style) -> Iterator[str]:
    if candidate.against and candidate.facts:
        for message, is_break in signature_told(candidate):
            yield style.red(visible(message)) if is_break else visible(message)


def _card(candidate: Candidate, style: Style) -> Iterator[str]:
    # Behind a rule of ours, so that no runner takes a line for a command.
    for line in candidate.card:
        paint = {"+": style.green, "-": style.red}.get(line[:1], style.dim)
        told = visible(line.rstrip())
        yield f"│ {paint(told)}" if told else "│"


def _plain(marked: str) -> str:
    """Return a phrase without the backticks around its names."""
    return visible(marked).replace("`", "")
