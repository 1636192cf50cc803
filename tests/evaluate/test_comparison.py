from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.documents.metadata_parts import Evaluation
from modelyard.documents.metrics import Metrics
from modelyard.documents.policy import Gate, Policy, Stage
from modelyard.evaluate.comparison import Candidate, Verdict, compare_versions
from modelyard.evaluate.measurements import Figures
from modelyard.names import VersionId
from modelyard.values import replace
from support.snapshots import snapshot_with

if TYPE_CHECKING:
    from modelyard.evaluate.comparison import Comparison

POLICY = Policy(proportions=("accuracy", "recall"), lower_is_better=("loss", "error"))
OLD, NEW = VersionId.parse("fraud@1.0.0"), VersionId.parse("fraud@1.1.0")


def candidate(version_id: VersionId, rows: int | None = 1000, **metrics: float) -> Candidate:
    # Both have the manifest of one version: they were measured on the same data.
    figures = Figures.of(snapshot_with().version(NEW))
    assert figures.metadata
    metadata = replace(figures.metadata, evaluation={"test": Evaluation(n=rows)})
    named = {f"test.{name}": figure for name, figure in metrics.items()}
    return Candidate(version_id, replace(figures, metadata=metadata, metrics=Metrics(named)))


def compared(older: dict[str, float], newer: dict[str, float], policy: Policy = POLICY, **margins: float) -> Comparison:
    return compare_versions(candidate(OLD, 1000, **older), candidate(NEW, 1000, **newer), policy, margins=margins)


def verdicts(comparison: Comparison) -> dict[str, Verdict]:
    return {each.metric: each.verdict for each in comparison.metrics}


def test_a_shown_gain_is_better_and_a_shown_loss_worse() -> None:
    gain = compared({"accuracy": 0.8}, {"accuracy": 0.9})
    assert (gain.verdict, gain.explanation) == (Verdict.BETTER, "by test.accuracy")
    loss = compared({"accuracy": 0.9}, {"accuracy": 0.8})
    assert (loss.verdict, loss.explanation) == (Verdict.WORSE, "by test.accuracy")


def test_of_an_error_less_is_better() -> None:
    policy = replace(POLICY, proportions=("error",))
    assert compared({"error": 0.2}, {"error": 0.1}, policy).verdict is Verdict.BETTER


def test_what_may_be_chance_is_inconclusive() -> None:
    found = compared({"accuracy": 0.9}, {"accuracy": 0.91})
    assert (found.verdict, found.explanation) == (
        Verdict.INCONCLUSIVE,
        "the figures show no difference, and no margin that it is within",
    )


def test_within_a_margin_that_is_given_or_tolerated_versions_are_equivalent() -> None:
    assert compared({"accuracy": 0.9}, {"accuracy": 0.9}, accuracy=0.05).verdict is Verdict.EQUIVALENT
    assert compared({"accuracy": 0.9}, {"accuracy": 0.9}, accuracy=0.02).verdict is Verdict.INCONCLUSIVE
    gate = Gate(metric="accuracy", no_regression=True, tolerance=0.05)
    tolerant = replace(POLICY, stages=(Stage(name=POLICY.stages[0].name, gates=(gate,)),))
    found = compared({"accuracy": 0.9}, {"accuracy": 0.9}, tolerant)
    assert (found.verdict, found.metrics[0].explanation) == (Verdict.EQUIVALENT, "the difference is below 0.05")


def test_better_by_one_and_worse_by_another_is_inconclusive() -> None:
    found = compared({"accuracy": 0.8, "recall": 0.9}, {"accuracy": 0.9, "recall": 0.8})
    assert (found.verdict, found.explanation) == (
        Verdict.INCONCLUSIVE,
        "better by test.accuracy, and worse by test.recall",
    )


def test_many_metrics_share_one_probability_of_error() -> None:
    alone = compared({"accuracy": 0.9}, {"accuracy": 0.928})
    assert alone.verdict is Verdict.BETTER
    others = {"recall": 0.9}
    together = compared({"accuracy": 0.9, **others}, {"accuracy": 0.928, **others})
    assert verdicts(together) == {"test.accuracy": Verdict.INCONCLUSIVE, "test.recall": Verdict.INCONCLUSIVE}
    first, second = together.metrics
    assert first.difference
    assert first.difference.p_value
    assert first.adjusted == pytest.approx(2 * first.difference.p_value)
    assert second.adjusted == 1


@pytest.mark.parametrize(
    ("older", "newer", "why"),
    [
        (candidate(OLD, accuracy=0.8), candidate(NEW, recall=0.9), "only one of them was measured"),
        (candidate(OLD, 900, accuracy=0.8), candidate(NEW, accuracy=0.9), "they were measured on different data"),
        (
            replace(candidate(OLD, accuracy=0.8), figures=replace(candidate(OLD, accuracy=0.8).figures, manifest=None)),
            candidate(NEW, accuracy=0.9),
            "no digest tells which data they were measured on",
        ),
    ],
)
def test_what_was_not_measured_alike_is_incomparable(older: Candidate, newer: Candidate, why: str) -> None:
    found = compare_versions(older, newer, POLICY)
    assert (found.verdict, found.explanation) == (Verdict.INCOMPARABLE, why)
    assert {each.explanation for each in found.metrics} == {why}
    assert [each.difference for each in found.metrics] == [None] * len(found.metrics)


def test_figures_without_rows_have_an_effect_and_no_verdict() -> None:
    older, newer = (candidate(version, None, accuracy=each) for version, each in ((OLD, 0.5), (NEW, 0.9)))
    found = compare_versions(older, newer, POLICY).metrics[0]
    assert found.difference
    assert found.difference.effect == pytest.approx(0.4)
    assert (found.verdict, found.explanation) == (
        Verdict.INCONCLUSIVE,
        "nothing says on how many rows or how surely they were measured",
    )


def test_only_the_metrics_that_are_asked_for_are_compared() -> None:
    older, newer = candidate(OLD, accuracy=0.8, recall=0.9), candidate(NEW, accuracy=0.9, recall=0.8)
    assert compare_versions(older, newer, POLICY, only=["test.accuracy"]).verdict is Verdict.BETTER
