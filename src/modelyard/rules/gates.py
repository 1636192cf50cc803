"""MY610, MY611 and MY634 to MY636: does what enters a stage keep the stage's gates?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.evaluate.gates import GateResult
    from modelyard.rules.entering import Entry
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["gate_broken", "gate_unsure", "incomparable", "regression", "regression_unsure"]


def gate_broken(transition: Transition) -> Findings:
    """A version enters a stage only with metrics that keep the bounds of the stage's gates.

    Where a row count or an interval is known, the confidence bound must keep the gate, since 0.86
    measured on 200 rows proves only 0.805. A gate on slices must be kept by each of them.

    Bad:
        test: {accuracy: 0.86}            # metrics.json, where the gate is accuracy >= 0.85
        evaluation: {test: {"n": 200}}    # metadata.yaml
    Good:
        test: {accuracy: 0.86}
        evaluation: {test: {"n": 20000}}
    """
    for entry, result in _judged(transition, "BROKEN", regressing=False):
        message = f"{entry.version_id} does not keep the gate {result.explanation}"
        yield entry.finding(message, f"modelyard show {entry.version_id}")


def gate_unsure(transition: Transition) -> Findings:
    """A gate is kept for sure where the evaluation says on how many rows a metric was measured.

    Bad:
        test: {accuracy: 0.86}            # metrics.json, and metadata.yaml does not say on how many rows
    Good:
        test: {accuracy: 0.86}
        evaluation: {test: {"n": 20000}}   # metadata.yaml
    """
    for entry, result in _judged(transition, "UNSURE", regressing=False):
        message = f"{entry.version_id} keeps by its point alone the gate {result.explanation}"
        yield entry.finding(message, f"modelyard show {entry.version_id}")


def regression(transition: Transition) -> Findings:
    """A version is not worse than the one whose place it takes, by the metrics of which the stage demands that.

    It is held against the champion of the base, and may be worse by the tolerance. A version that was the
    stage's champion before is not judged: a rollback often leads to lower figures, and for a reason. A challenger is
    judged when it enters and when it becomes the champion.

    Bad:
        version: 1.1.0        # test.accuracy 0.91, where 1.0.0 in the stage has 0.93 on the same data
    Good:
        version: 1.1.0        # test.accuracy 0.94
    """
    for entry, result in _judged(transition, "BROKEN", regressing=True):
        message = f"{entry.version_id} may not replace {entry.champion_id}, by the gate {result.explanation}"
        yield entry.finding(message, f"modelyard show {entry.champion_id}")


def incomparable(transition: Transition) -> Findings:
    """A version and the one whose place it takes were measured on the same data, so that a gate can compare them.

    The data are told by the SHA-256 in the data set manifest: of the file of the split, or of all files where the
    split names none. Figures of other data say nothing of a regression. A reviewer may let such a promotion
    pass by an exemption of the stage's document in the policy, or the champion is measured anew and registered with
    a new PATCH number.

    Bad:
        splits: {test: {rows: 1200, file: test-2026.parquet}}   # and the champion's says test-2025.parquet
    Good:
        splits: {test: {rows: 1200, file: test-2025.parquet}}
    """
    for entry, result in _judged(transition, "INCOMPARABLE", regressing=True):
        message = f"{entry.version_id} cannot be compared with {entry.champion_id}, by the gate {result.explanation}"
        hint = f"measure {entry.champion_id} on the same data, and register it with a new PATCH number"
        yield entry.finding(message, hint)


def regression_unsure(transition: Transition) -> Findings:
    """That a version is not worse is shown by the confidence bound of the difference, and not by its point alone.

    More rows narrow the bound, and so does a tolerance that is no smaller than what matters. A gate with `strict`
    refuses where this one warns.

    Bad:
        test: {accuracy: 0.931}           # 0.93 before, both on 200 rows: it may be 0.05 worse
    Good:
        test: {accuracy: 0.951}           # both on 20,000 rows
    """
    for entry, result in _judged(transition, "UNSURE", regressing=True):
        message = f"{entry.version_id} may be worse than {entry.champion_id}, by the gate {result.explanation}"
        yield entry.finding(message, f"modelyard show {entry.champion_id}")


def _judged(transition: Transition, verdict: str, *, regressing: bool) -> Iterator[tuple[Entry, GateResult]]:
    """Yield what the gates of one kind say with one verdict, by its name, of all that enters a stage."""
    for entry in transition.entries:
        found = [
            result
            for result in entry.gates
            if result.gate.no_regression is regressing and result.verdict.name == verdict
        ]
        # History is read only where it decides.
        if found and not (regressing and entry.comes_back):
            yield from ((entry, result) for result in found)
