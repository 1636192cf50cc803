"""The words of a review that its text and its Markdown share; names stand between backticks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.evaluate.comparison import Verdict as Comparing
from modelyard.evaluate.gates import Verdict

if TYPE_CHECKING:
    from modelyard.evaluate.gates import GateResult
    from modelyard.evaluate.measurements import Measurement
    from modelyard.evaluate.metric_changes import MetricChange
    from modelyard.review.review import Candidate

__all__ = [
    "change_of",
    "comparison_of",
    "difference_of",
    "figure_of",
    "figures_of_gate",
    "method_of",
    "remarks_on",
    "signature_told",
    "title",
    "verdict_of",
]

_VERDICTS = {
    Verdict.KEPT: "kept",
    Verdict.UNSURE: "kept by its point alone",
    Verdict.BROKEN: "broken",
    Verdict.INCOMPARABLE: "incomparable",
}


def title(candidate: Candidate) -> str:
    """Return what is compared: ``fraud@1.3.0 to production, beside 1.2.1``."""
    where = f" to `{candidate.stage}`" if candidate.stage else ""
    if candidate.against is None:
        return f"`{candidate.version_id}`{where}, the first to be there" if where else f"`{candidate.version_id}`"
    serving = "" if candidate.stage else f" in `{candidate.serves_in}`"
    return f"`{candidate.version_id}`{where}, against `{candidate.against.version}`{serving}"


def figures_of_gate(result: GateResult) -> str:
    """Return what a gate's explanation says after the gate itself."""
    return result.explanation.removeprefix(f"{result.gate}: ")


def figure_of(measured: Measurement | None) -> str:
    """Return a figure with its interval: ``0.934 [0.919, 0.947]``."""
    if measured is None:
        return "none"
    if measured.low is None or measured.high is None:
        return f"{measured.point:g}"
    return f"{measured.point:g} [{measured.low:.4g}, {measured.high:.4g}]"


def difference_of(change: MetricChange) -> str:
    """Return a difference with its interval: ``+0.013 [-0.008, +0.034]``."""
    if change.difference is None:
        return "none"
    told = f"{change.difference:+.3g}"
    return f"{told} [{change.interval[0]:+.3g}, {change.interval[1]:+.3g}]" if change.interval else told


def method_of(change: MetricChange) -> str:
    """Return the method that the interval of a difference is known by, empty where there is none."""
    found = change.compared.difference if change.compared else None
    return f"({found.method})" if found and found.method else ""


def change_of(change: MetricChange) -> str:
    """Return what the comparison says of a metric, and why it says no more."""
    compared = change.compared
    if compared is None:
        return "measured"
    why = compared.explanation
    if compared.verdict is Comparing.INCONCLUSIVE and not why:
        why = "it may be chance"
    return f"{compared.verdict.value}: {why}" if why else compared.verdict.value


def comparison_of(candidate: Candidate) -> str | None:
    """Return what the comparison says of the two versions, None where there is nothing to compare with."""
    comparison = candidate.metrics.comparison
    if comparison is None or not comparison.metrics:
        return None
    return (
        f"{comparison.verdict.value} than `{comparison.older.version}`, {comparison.explanation}"
        if (comparison.verdict in (Comparing.BETTER, Comparing.WORSE))
        else f"{comparison.verdict.value}: {comparison.explanation}"
    )


def remarks_on(candidate: Candidate) -> tuple[str, ...]:
    """Return what the comparison has left aside, and why."""
    comparison = candidate.metrics.comparison
    return comparison.remarks if comparison else ()


def signature_told(candidate: Candidate) -> list[tuple[str, bool]]:
    """Return what is said of the signature, and of each whether it breaks callers."""
    if candidate.signature is None:
        return [("no signature is stated", False)]
    if not candidate.signature:
        return [("the same signature", False)]
    return [(f"{'breaks callers: ' if each.breaks else ''}{each.message}", each.breaks) for each in candidate.signature]


def verdict_of(result: GateResult, candidate: Candidate) -> str:
    """Return what a gate says, in a word or two."""
    if result.gate.no_regression and result.verdict is not Verdict.KEPT and candidate.comes_back:
        return "not asked of what comes back"
    return _VERDICTS[result.verdict]
