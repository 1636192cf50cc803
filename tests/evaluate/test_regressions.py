from __future__ import annotations

import pytest

from modelyard.documents.dataset_manifest import DataFile, DatasetManifest, Split
from modelyard.documents.metadata import Metadata
from modelyard.documents.metadata_parts import Evaluation, Interval
from modelyard.documents.metrics import Metrics
from modelyard.documents.policy import Gate, Policy, Stage
from modelyard.evaluate.gates import GateResult, Verdict, judge_gates, judge_regression
from modelyard.evaluate.measurements import Figures, Measurement, data_of
from modelyard.evaluate.regressions import loss
from modelyard.evaluate.statistics import wilson_interval
from modelyard.names import VersionId
from modelyard.values import replace
from support.snapshots import snapshot_with

GATE = Gate(metric="accuracy", split="test", no_regression=True, tolerance=0.01)
ONE, OTHER = "1" * 64, "2" * 64


def metadata(evaluation: Evaluation | None) -> Metadata:
    parsed = snapshot_with().version(VersionId.parse("fraud@1.1.0")).metadata
    assert parsed
    assert parsed.value
    return replace(parsed.value, evaluation={"test": evaluation} if evaluation else {})


def figures(accuracy: float | None, rows: int | None = 1200, *, sha256: str = ONE) -> Figures:
    return Figures(
        metadata(Evaluation(n=rows)),
        Metrics({} if accuracy is None else {"test.accuracy": accuracy}),
        DatasetManifest(name="payments", files=(DataFile(sha256=sha256, size=1, path="data.csv"),)),
    )


def judged(newer: Figures, champion: Figures, gate: Gate = GATE) -> tuple[Verdict, str]:
    result = judge_regression(gate, newer, champion, Policy())
    return result.verdict, result.explanation


def test_the_bound_of_two_shares_is_that_of_newcombe() -> None:
    # 56 of 70 against 48 of 80: R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II (a), method 10.
    shares = [(56, 70), (48, 80)]
    high, low = (Measurement(hits / rows, *wilson_interval(hits / rows, rows)) for hits, rows in shares)
    assert loss(low, high, lower_is_better=False).most == pytest.approx(0.3339, abs=5e-5)
    assert loss(high, low, lower_is_better=False).most == pytest.approx(-0.0524, abs=5e-5)
    assert loss(high, low, lower_is_better=True).most == pytest.approx(0.3339, abs=5e-5)


def test_a_loss_without_an_interval_has_no_bound() -> None:
    found = loss(Measurement(0.5), Measurement(0.7, 0.6, 0.8), lower_is_better=False)
    assert (round(found.point, 6), found.most) == (0.2, None)


def test_a_version_that_is_shown_to_lose_no_more_than_the_tolerance_keeps_the_gate() -> None:
    assert judged(figures(0.93, 100_000), figures(0.93, 100_000)) == (
        Verdict.KEPT,
        "test.accuracy no worse by more than 0.01: measured 0.93 against 0.93, at most 0.0022 worse (95% bound)",
    )


def test_a_result_has_the_figures_of_both_versions() -> None:
    result = judge_regression(GATE, figures(0.92), figures(0.921, 1200), Policy())
    assert (result.value, result.champion, result.gate.threshold) == (0.92, 0.921, 0.01)
    assert result.bound == pytest.approx(0.0228, abs=5e-5)
    assert result.method == "Zou and Donner, of Wilson 95%, n = 1200 and Wilson 95%, n = 1200"
    unknown = judge_regression(GATE, figures(0.92, None), figures(0.921, None), Policy())
    assert (unknown.bound, unknown.method, unknown.champion) == (None, "", 0.921)
    other = judge_regression(GATE, figures(0.92), figures(0.921, sha256=OTHER), Policy())
    assert (other.value, other.bound, other.champion) == (0.92, None, None)


def test_the_tolerance_itself_is_within_it_whatever_floats_make_of_it() -> None:
    verdict, _ = judged(figures(0.9), figures(0.91))
    assert 0.91 - 0.9 > 0.01
    assert verdict is Verdict.UNSURE


def test_more_than_the_tolerance_breaks_the_gate() -> None:
    assert judged(figures(0.899), figures(0.91))[0] is Verdict.BROKEN


def test_what_only_the_point_shows_is_unsure_and_broken_where_the_gate_is_strict() -> None:
    assert judged(figures(0.92), figures(0.921)) == (
        Verdict.UNSURE,
        "test.accuracy no worse by more than 0.01: measured 0.92 against 0.921, at most 0.0228 worse (95% bound)",
    )
    assert judged(figures(0.92), figures(0.921), replace(GATE, strict=True))[0] is Verdict.BROKEN


def test_without_rows_only_the_points_are_compared() -> None:
    assert judged(figures(0.95, None), figures(0.921, None)) == (
        Verdict.UNSURE,
        (
            "test.accuracy no worse by more than 0.01: measured 0.95 against 0.921, "
            "and nothing says on how many rows or how surely"
        ),
    )


def test_of_an_error_less_is_better() -> None:
    gate = Gate(metric="loss", no_regression=True)
    policy = Policy(lower_is_better=("loss",))
    before, after = (replace(figures(0.9), metrics=Metrics({"test.loss": each})) for each in (0.3, 0.2))
    assert judge_regression(gate, after, before, policy).verdict is Verdict.UNSURE
    assert judge_regression(gate, before, after, policy).verdict is Verdict.BROKEN


@pytest.mark.parametrize(
    ("champion", "why"),
    [
        (figures(0.9, sha256=OTHER), "was measured there on other data"),
        (figures(0.9, 1100), "was measured there on other data"),
        (figures(None), "was not measured there"),
        (replace(figures(0.9), manifest=None), "was measured on data of which no digest is known"),
        (
            replace(
                figures(0.9), metadata=metadata(Evaluation(n=1200, metrics={"accuracy": Interval(0.91, 0.95, 0.95)}))
            ),
            "was measured there as 0.9, outside its own interval [0.91, 0.95]",
        ),
    ],
)
def test_versions_that_were_not_measured_alike_are_incomparable(champion: Figures, why: str) -> None:
    assert judged(figures(0.95), champion) == (
        Verdict.INCOMPARABLE,
        f"test.accuracy no worse by more than 0.01: measured 0.95, and it {why}",
    )


def test_a_version_without_the_metric_breaks_the_gate_before_anything_is_compared() -> None:
    assert judged(figures(None), figures(0.9, sha256=OTHER)) == (
        Verdict.BROKEN,
        "test.accuracy no worse by more than 0.01: the metric is not in metrics.json",
    )


def test_the_first_version_of_a_stage_regresses_from_nothing() -> None:
    stage = Stage(name=Policy().stages[0].name, gates=(GATE,))
    assert list(judge_gates(stage, figures(0.5), None, Policy())) == [
        GateResult(
            GATE,
            Verdict.KEPT,
            "test.accuracy no worse by more than 0.01: there is no version in staging to compare with",
            value=0.5,
        )
    ]


def test_each_slice_is_judged() -> None:
    gate = Gate(metric="accuracy", at_least=0.8, slices=("women", "men"), strict=True)
    newer = replace(figures(0.9), metrics=Metrics({"test.women.accuracy": 0.79, "men.accuracy": 0.95}))
    stage = Stage(name=Policy().stages[0].name, gates=(gate,))
    assert [each.explanation for each in judge_gates(stage, newer, None, Policy())] == [
        "women.accuracy >= 0.8: measured 0.79, and nothing says on how many rows or how surely",
        "men.accuracy >= 0.8: measured 0.95, and nothing says on how many rows or how surely",
    ]


def test_a_slice_that_gets_worse_breaks_the_gate_though_the_whole_gets_better() -> None:
    stage = Stage(name=Policy().stages[0].name, gates=(GATE, replace(GATE, slices=("women", "men"))))
    older = replace(figures(0.9), metrics=Metrics({"test.accuracy": 0.9, "test.women.accuracy": 0.9}))
    newer = replace(figures(0.95), metrics=Metrics({"test.accuracy": 0.95, "test.women.accuracy": 0.88}))
    results = list(judge_gates(stage, newer, older, Policy()))
    assert [(each.gate.split, each.verdict) for each in results] == [
        ("test", Verdict.KEPT),
        ("test.women", Verdict.BROKEN),
        ("test.men", Verdict.BROKEN),
    ]
    assert results[2].explanation == "test.men.accuracy no worse by more than 0.01: the metric is not in metrics.json"


@pytest.mark.parametrize("split", ["test", "test.women"])
def test_more_rows_than_the_split_has_prove_nothing(split: str) -> None:
    manifest = DatasetManifest(name="payments", files=(), splits={"test": Split(1200)})
    metrics = Metrics({f"{split}.accuracy": 0.93})
    gate = Gate(metric="accuracy", split=split, at_least=0.9)

    def verdict(evaluation: Evaluation) -> tuple[Verdict, str]:
        stage = Stage(name=Policy().stages[0].name, gates=(gate,))
        newer = Figures(replace(metadata(None), evaluation={split: evaluation}), metrics, manifest)
        return next((each.verdict, each.explanation) for each in judge_gates(stage, newer, None, Policy()))

    assert verdict(Evaluation(n=1201)) == (
        Verdict.BROKEN,
        f"{split}.accuracy >= 0.9: measured 0.93, on 1201 rows of a split that has 1200",
    )
    assert verdict(Evaluation(n=1200))[0] is Verdict.KEPT
    assert verdict(Evaluation(n=10_000, dataset="https://data.example.org/all.csv"))[0] is Verdict.KEPT


@pytest.mark.parametrize(
    ("split", "evaluation", "expected"),
    [
        ("test", Evaluation(n=1200), (ONE, "test", "1200")),
        ("test.women", Evaluation(n=1200), (ONE, "test.women", "")),
        ("train", Evaluation(n=1200), (OTHER, "train", "")),
        ("other", Evaluation(n=1200), (ONE, OTHER, "other", "")),
        ("test", Evaluation(dataset="train.csv", n=9), (OTHER, "test", "9")),
        ("test", Evaluation(dataset=f"sha256:{'3' * 64}"), ("3" * 64, "test", "")),
        ("test", Evaluation(dataset="https://data.example.org/all.csv"), None),
    ],
)
def test_data_are_told_by_digests_rows_and_slice(
    split: str, evaluation: Evaluation, expected: tuple[str, ...] | None
) -> None:
    files = (DataFile(sha256=ONE, size=1, path="test.csv"), DataFile(sha256=OTHER, size=1, path="train.csv"))
    splits = {"test": Split(1200, "test.csv"), "train": Split(9000, "train.csv")}
    manifest = DatasetManifest(name="payments", files=files, splits=splits)
    assert data_of(split, Figures(metadata(evaluation), None, manifest)) == expected
