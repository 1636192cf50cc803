from __future__ import annotations

import pytest

from modelyard.documents.policy import Gate, Policy, Scores, Stage
from modelyard.documents.predictions import Predictions, Row
from modelyard.evaluate.comparison import Candidate, Comparison, MetricComparison, Verdict, compare_versions
from modelyard.names import StageName
from support.candidates import candidate


def tolerant(tolerance: float) -> Policy:
    gate = Gate(metric="accuracy", no_regression=True, tolerance=tolerance)
    return Policy(stages=(Stage(name=StageName("production"), gates=(gate,)),))


def only(comparison: Comparison) -> MetricComparison:
    [found] = comparison.metrics
    return found


def told(older: Candidate, newer: Candidate, policy: Policy | None = None) -> tuple[str, str]:
    found = only(compare_versions(older, newer, policy or Policy()))
    return found.verdict.value, found.explanation


def test_a_share_of_known_rows_is_compared_by_newcombe() -> None:
    comparison = compare_versions(candidate("1.0.0", accuracy=0.9), candidate(accuracy=0.95), Policy())
    found = only(comparison)
    assert (found.metric, found.older, found.newer, found.method) == ("accuracy", 0.9, 0.95, "Newcombe")
    assert (found.verdict, found.level) == (Verdict.BETTER, 0.95)
    assert found.explanation == ("+0.05, between +0.02705 and +0.07339 with 95% confidence (Newcombe, p = 2.8e-05)")
    assert (comparison.verdict, comparison.explanation) == (Verdict.BETTER, "in accuracy")
    assert (str(comparison.older), str(comparison.newer)) == ("fraud@1.0.0", "fraud@1.1.0")


def test_worse_is_the_mirror_of_better() -> None:
    assert told(candidate(accuracy=0.95), candidate("1.0.0", accuracy=0.9))[0] == "worse"


def test_what_chance_alone_explains_proves_nothing() -> None:
    comparison = compare_versions(candidate("1.0.0", accuracy=0.9), candidate(accuracy=0.91), Policy())
    assert (comparison.verdict, comparison.explanation) == (
        Verdict.INCONCLUSIVE,
        "no difference is shown in accuracy",
    )


def test_within_the_tolerance_of_a_gate_two_versions_are_equivalent() -> None:
    pair = candidate("1.0.0", rows=100_000, accuracy=0.9), candidate(rows=100_000, accuracy=0.901)
    comparison = compare_versions(*pair, tolerant(0.01))
    assert (comparison.verdict, comparison.explanation) == (
        Verdict.EQUIVALENT,
        "within the tolerance in accuracy",
    )
    assert compare_versions(*pair, tolerant(0.003)).verdict is Verdict.INCONCLUSIVE
    assert compare_versions(*pair, Policy()).verdict is Verdict.INCONCLUSIVE


def test_of_a_loss_less_is_better() -> None:
    older, newer = (
        candidate(version, loss=loss, intervals={"loss": (loss - 0.01, loss + 0.01, 0.95)})
        for version, loss in (("1.0.0", 0.3), ("1.1.0", 0.2))
    )
    assert told(older, newer)[0] == "worse"
    verdict, explanation = told(older, newer, Policy(lower_is_better=("loss",)))
    assert (verdict, explanation) == (
        "better",
        "-0.1, between -0.1141 and -0.08587 with 95% confidence (Welch, p = 7.3e-42)",
    )


def test_intervals_that_are_no_means_are_joined_by_their_ends() -> None:
    older, newer = (
        candidate(version, auc=auc, intervals={"auc": (auc - 0.02, auc + 0.01, 0.95)})
        for version, auc in (("1.0.0", 0.9), ("1.1.0", 0.95))
    )
    found = only(compare_versions(older, newer, Policy()))
    assert (found.method, found.verdict) == ("Zou-Donner", Verdict.BETTER)
    assert (found.low, found.high) == pytest.approx((0.05 - 5**0.5 / 100, 0.05 + 5**0.5 / 100))


@pytest.mark.parametrize(
    ("older", "newer", "verdict", "explanation"),
    [
        (
            candidate("1.0.0", accuracy=0.9, rows=None),
            candidate(accuracy=0.95, rows=None),
            "inconclusive",
            "nothing says on how many rows or how surely it was measured",
        ),
        (
            candidate("1.0.0", accuracy=0.9, data="2" * 64),
            candidate(accuracy=0.95),
            "incomparable",
            "it was measured of fraud@1.0.0 on other data",
        ),
        (
            candidate("1.0.0", accuracy=0.9, rows=999),
            candidate(accuracy=0.95),
            "incomparable",
            "it was measured of fraud@1.0.0 on other data",
        ),
        (
            candidate("1.0.0", accuracy=0.9, data=None),
            candidate(accuracy=0.95, data=None),
            "incomparable",
            "it was measured on data of which no digest is known",
        ),
        (candidate("1.0.0"), candidate(accuracy=0.95), "incomparable", "it was not measured of fraud@1.0.0"),
        (candidate("1.0.0", accuracy=0.95), candidate(), "incomparable", "it was not measured of fraud@1.1.0"),
        (
            candidate("1.0.0", accuracy=0.9),
            candidate(accuracy=0.95, intervals={"accuracy": (0.96, 0.97, 0.95)}),
            "incomparable",
            "it was measured of fraud@1.1.0 as 0.95, outside its own interval [0.96, 0.97]",
        ),
        (
            candidate("1.0.0", f1=0.9, intervals={"f1": (0.9, 0.9, 0.95)}),
            candidate(f1=0.95, intervals={"f1": (0.95, 0.95, 0.95)}),
            "inconclusive",
            "nothing says on how many rows or how surely it was measured",
        ),
    ],
)
def test_what_cannot_be_compared_says_why(older: Candidate, newer: Candidate, verdict: str, explanation: str) -> None:
    assert told(older, newer) == (verdict, explanation)
    assert compare_versions(older, newer, Policy()).verdict.value == verdict


def test_versions_without_any_metric_are_incomparable() -> None:
    comparison = compare_versions(candidate("1.0.0"), candidate(), Policy())
    assert (comparison.verdict, comparison.explanation) == (
        Verdict.INCOMPARABLE,
        "no metric was measured of either",
    )


def test_the_more_metrics_the_more_it_takes() -> None:
    policy = Policy(proportions=("accuracy", "b", "c"))
    alone = compare_versions(candidate("1.0.0", accuracy=0.9), candidate(accuracy=0.927), policy)
    among = compare_versions(
        candidate("1.0.0", accuracy=0.9, b=0.5, c=0.5), candidate(accuracy=0.927, b=0.5, c=0.5), policy
    )
    assert (alone.verdict, among.verdict) == (Verdict.BETTER, Verdict.INCONCLUSIVE)
    assert among.metrics[0].p_value == pytest.approx(3 * (alone.metrics[0].p_value or 0))


def test_contradictions_are_told_and_the_score_decides() -> None:
    older, newer = candidate("1.0.0", accuracy=0.8, recall=0.9), candidate(accuracy=0.9, recall=0.8)
    policy = Policy(proportions=("accuracy", "recall"))
    comparison = compare_versions(older, newer, policy)
    assert (comparison.verdict, comparison.explanation) == (
        Verdict.INCONCLUSIVE,
        "better in accuracy, worse in recall",
    )
    weighing = Policy(proportions=policy.proportions, scores=Scores(weights={"accuracy": 9, "recall": 1}))
    comparison = compare_versions(older, newer, weighing)
    assert (comparison.verdict, comparison.explanation) == (
        Verdict.BETTER,
        "better in accuracy, worse in recall, and better by the score",
    )
    assert comparison.score
    assert comparison.score.explanation == (
        "+0.08, between +0.04912 and +0.1109 with 95% confidence (normal, p = 3.8e-07); "
        "it is the better one with probability 1.00"
    )


def predicted(*, right: int, of: int) -> Predictions:
    return Predictions({"test": {str(row): Row("1", "1" if row < right else "0") for row in range(of)}})


def test_predictions_of_the_same_rows_are_compared_in_pairs() -> None:
    older = candidate("1.0.0", accuracy=0.9, predictions=predicted(right=900, of=1000))
    newer = candidate(accuracy=0.91, predictions=predicted(right=910, of=1000))
    found = only(compare_versions(older, newer, Policy()))
    assert (found.method, found.verdict) == ("McNemar mid-p", Verdict.BETTER)
    assert found.p_value == pytest.approx(0.5**10)


@pytest.mark.parametrize(
    ("predictions", "why"),
    [
        (predicted(right=950, of=1000), "metrics.json states 0.91 where the predictions give 0.95"),
        (predicted(right=900, of=999), "the predictions of the two are not for the same rows"),
        (
            Predictions({"test": {str(row): Row("0", "0") for row in range(1000)}}),
            "the predictions of the two are not for the same rows",
        ),
    ],
)
def test_predictions_that_contradict_what_is_stated_are_not_passed_over(predictions: Predictions, why: str) -> None:
    older = candidate("1.0.0", accuracy=0.9, predictions=predicted(right=900, of=1000))
    newer = candidate(accuracy=0.91, predictions=predictions)
    assert told(older, newer) == ("incomparable", why)


def test_predictions_of_one_version_alone_make_no_pairs() -> None:
    older = candidate("1.0.0", accuracy=0.9, predictions=predicted(right=900, of=1000))
    assert only(compare_versions(older, candidate(accuracy=0.91), Policy())).method == "Newcombe"
