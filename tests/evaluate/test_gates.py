from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.documents.metadata_parts import Evaluation, Interval
from modelyard.documents.metrics import Metrics
from modelyard.documents.policy import Gate, Policy
from modelyard.evaluate.gates import Verdict, judge_bound
from modelyard.evaluate.measurements import Figures
from modelyard.names import VersionId
from modelyard.values import replace
from support.snapshots import snapshot_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.metadata import Metadata
    from modelyard.evaluate.gates import GateResult

AT_LEAST = Gate(metric="accuracy", at_least=0.85)
AT_MOST = Gate(metric="error", at_most=0.1)


def metadata(evaluation: Mapping[str, Evaluation]) -> Metadata:
    parsed = snapshot_with().version(VersionId.parse("fraud@1.1.0")).metadata
    assert parsed
    assert parsed.value
    return replace(parsed.value, evaluation=evaluation)


def judged(
    gate: Gate,
    metrics: dict[str, float],
    evaluation: Mapping[str, Evaluation] | None = None,
    policy: Policy | None = None,
) -> GateResult:
    return judge_bound(gate, Figures(metadata(evaluation or {}), Metrics(metrics)), policy or Policy())


def said(result: GateResult) -> tuple[Verdict, str]:
    return result.verdict, result.explanation


def test_a_share_of_few_rows_does_not_prove_what_its_point_says() -> None:
    assert said(judged(AT_LEAST, {"test.accuracy": 0.86}, {"test": Evaluation(n=200)})) == (
        Verdict.BROKEN,
        "accuracy >= 0.85: measured 0.86, lower bound 0.8051 (Wilson 95%, n = 200)",
    )
    assert said(judged(AT_LEAST, {"test.accuracy": 0.86}, {"test": Evaluation(n=10_000)})) == (
        Verdict.KEPT,
        "accuracy >= 0.85: measured 0.86, lower bound 0.8531 (Wilson 95%, n = 10000)",
    )


def test_a_result_has_the_figures_that_its_sentence_tells() -> None:
    result = judged(AT_LEAST, {"test.accuracy": 0.86}, {"test": Evaluation(n=200)})
    assert (result.value, result.gate.threshold, result.method) == (0.86, 0.85, "Wilson 95%, n = 200")
    assert result.bound == pytest.approx(0.8051, abs=5e-5)
    at_most = judged(AT_MOST, {"test.error": 0.2})
    assert (at_most.value, at_most.bound, at_most.gate.threshold, at_most.method) == (0.2, None, 0.1, "")
    assert judged(AT_LEAST, {}).value is None


def test_an_upper_bound_is_held_against_the_upper_end() -> None:
    policy = Policy(proportions=("error",))
    evaluation = {"test": Evaluation(n=100)}
    assert said(judged(AT_MOST, {"test.error": 0.08}, evaluation, policy)) == (
        Verdict.BROKEN,
        "error <= 0.1: measured 0.08, upper bound 0.1500 (Wilson 95%, n = 100)",
    )
    assert judged(AT_MOST, {"test.error": 0.08}, {"test": Evaluation(n=10_000)}, policy).verdict is Verdict.KEPT


def test_an_interval_of_the_evaluation_comes_before_a_computed_one() -> None:
    evaluation = {"test": Evaluation(n=100, metrics={"accuracy": Interval(0.851, 0.87, 0.95)})}
    assert said(judged(AT_LEAST, {"test.accuracy": 0.86}, evaluation)) == (
        Verdict.KEPT,
        "accuracy >= 0.85: measured 0.86, lower bound 0.8510 (95% interval of the evaluation)",
    )


def test_an_interval_of_a_lower_level_is_passed_over() -> None:
    evaluation = {"test": Evaluation(n=200, metrics={"accuracy": Interval(0.859, 0.861, 0.1)})}
    assert said(judged(AT_LEAST, {"test.accuracy": 0.86}, evaluation)) == (
        Verdict.BROKEN,
        "accuracy >= 0.85: measured 0.86, lower bound 0.8051 (Wilson 95%, n = 200)",
    )


def test_an_interval_that_leaves_its_own_point_out_proves_nothing() -> None:
    evaluation = {"test": Evaluation(metrics={"accuracy": Interval(0.9, 0.95, 0.95)})}
    assert said(judged(AT_LEAST, {"test.accuracy": 0.5}, evaluation)) == (
        Verdict.BROKEN,
        "accuracy >= 0.85: measured 0.5, outside its own interval [0.9, 0.95]",
    )


@pytest.mark.parametrize(("strict", "verdict"), [(False, Verdict.UNSURE), (True, Verdict.BROKEN)])
def test_a_point_alone_never_keeps_a_gate_for_sure(strict: bool, verdict: Verdict) -> None:
    gate = Gate(metric="accuracy", at_least=0.85, strict=strict)
    assert said(judged(gate, {"accuracy": 0.99})) == (
        verdict,
        "accuracy >= 0.85: measured 0.99, and nothing says on how many rows or how surely",
    )
    assert judged(gate, {"accuracy": 0.84}).verdict is Verdict.BROKEN


def test_rows_say_nothing_about_a_metric_that_is_no_share() -> None:
    gate = Gate(metric="auc", at_least=0.85)
    assert judged(gate, {"test.auc": 0.9}, {"test": Evaluation(n=10**6)}).verdict is Verdict.UNSURE


def test_a_split_is_judged_by_its_own_figures_and_rows() -> None:
    gate = Gate(metric="accuracy", at_least=0.85, split="country=de")
    evaluation = {"test": Evaluation(n=10**6), "country=de": Evaluation(n=50)}
    metrics = {"test.accuracy": 0.99, "country=de.accuracy": 0.86}
    assert said(judged(gate, metrics, evaluation)) == (
        Verdict.BROKEN,
        "country=de.accuracy >= 0.85: measured 0.86, lower bound 0.7381 (Wilson 95%, n = 50)",
    )


def test_what_is_missing_breaks_the_gate() -> None:
    missing = "accuracy >= 0.85: the metric is not in metrics.json"
    assert said(judged(AT_LEAST, {"val.accuracy": 0.99})) == (Verdict.BROKEN, missing)
    assert said(judge_bound(AT_LEAST, Figures(metadata({}), None), Policy())) == (Verdict.BROKEN, missing)
    assert said(judge_bound(AT_LEAST, Figures(None, Metrics({"accuracy": 0.99})), Policy())) == (
        Verdict.BROKEN,
        "accuracy >= 0.85: the metadata cannot be read",
    )


def test_a_bound_itself_is_kept() -> None:
    evaluation = {
        "test": Evaluation(metrics={"accuracy": Interval(0.85, 0.9, 0.95), "error": Interval(0.0, 0.1, 0.95)})
    }
    assert judged(AT_LEAST, {"test.accuracy": 0.85}, evaluation).verdict is Verdict.KEPT
    assert judged(AT_MOST, {"test.error": 0.1}, evaluation).verdict is Verdict.KEPT
