from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scipy import stats

from modelyard.documents.metadata_parts import Ensemble, Evaluation
from modelyard.documents.metrics import Metrics
from modelyard.documents.policy import Policy
from modelyard.documents.policy_scores import Missing, Scores
from modelyard.evaluate.comparison import Candidate
from modelyard.evaluate.measurements import Figures
from modelyard.evaluate.ranking import rank
from modelyard.evaluate.scores import score
from modelyard.names import VersionId
from modelyard.values import replace
from support.snapshots import snapshot_with

if TYPE_CHECKING:
    from modelyard.evaluate.ranking import Ranked

WEIGHTS = Scores(weights={"accuracy": 2, "loss": 1}, normalise={"loss": (0, 2)})
POLICY = Policy(proportions=("accuracy",), lower_is_better=("loss",), scores=WEIGHTS)


def figures(rows: int | None = 1000, **metrics: float) -> Figures:
    found = Figures.of(snapshot_with().version(VersionId.parse("fraud@1.1.0")))
    assert found.metadata
    metadata = replace(found.metadata, evaluation={"test": Evaluation(n=rows)})
    return replace(
        found, metadata=metadata, metrics=Metrics({f"test.{name}": figure for name, figure in metrics.items()})
    )


def candidate(version: str, rows: int | None = 1000, **metrics: float) -> Candidate:
    return Candidate(VersionId.parse(f"fraud@{version}"), figures(rows, **metrics))


def tagged(*tags: str, ensemble: bool = False) -> Figures:
    found = figures(accuracy=0.9, loss=0.5)
    assert found.metadata
    members = Ensemble("mean", (VersionId.parse("fraud@1.0.0"),)) if ensemble else None
    return replace(found, metadata=replace(found.metadata, tags=tags, ensemble=members))


def order(ranked: tuple[Ranked, ...]) -> list[str]:
    return [str(each.version_id.version) for each in ranked if each.figure is not None]


def test_a_score_is_the_weighted_mean_of_what_metrics_count() -> None:
    found = score(figures(accuracy=0.9, loss=0.5), POLICY)
    assert found.value == pytest.approx((2 * 0.9 + (1 - 0.25)) / 3)
    assert [(part.metric, part.weight, part.value) for part in found.parts] == [
        ("accuracy", 2, 0.9),
        ("loss", 1, 0.75),
    ]


def test_beyond_its_range_a_metric_counts_as_its_end() -> None:
    assert score(figures(accuracy=1.0, loss=9), POLICY).value == pytest.approx(2 / 3)


def test_without_a_range_a_loss_counts_less_itself() -> None:
    bare = replace(POLICY, scores=replace(WEIGHTS, normalise={}))
    assert score(figures(accuracy=0.9, loss=0.5), bare).value == pytest.approx((1.8 - 0.5) / 3)


@pytest.mark.parametrize(
    ("missing", "value", "why"),
    [
        (Missing.REFUSE, None, "it lacks loss"),
        (Missing.SKIP, 0.9, ""),
        (Missing.ZERO, 0.6, ""),
    ],
)
def test_the_policy_says_what_becomes_of_a_version_that_lacks_a_metric(
    missing: Missing, value: float | None, why: str
) -> None:
    found = score(figures(accuracy=0.9), replace(POLICY, scores=replace(WEIGHTS, missing=missing)))
    assert (found.value, found.explanation) == (value if value is None else pytest.approx(value), why)


def test_a_bonus_is_for_a_tag_and_for_ensembles() -> None:
    policy = replace(POLICY, scores=replace(WEIGHTS, bonus={"ensemble": 1.05, "audited": 1.1}))
    plain = score(tagged(), policy).value
    assert plain
    assert score(tagged(ensemble=True), policy).value == pytest.approx(plain * 1.05)
    assert score(tagged("audited", "ensemble", ensemble=True), policy).value == pytest.approx(plain * 1.05 * 1.1)


def test_without_weights_there_is_no_score() -> None:
    assert score(figures(accuracy=0.9), Policy()).explanation == "the policy weighs no metric: set scores.weights"


def test_versions_are_ranked_by_a_metric_and_of_equals_the_newer_one_comes_first() -> None:
    found = rank(
        [candidate("1.0.0", accuracy=0.9), candidate("1.1.0", accuracy=0.9), candidate("1.2.0", accuracy=0.8)],
        POLICY,
        by="test.accuracy",
    )
    assert order(found) == ["1.1.0", "1.0.0", "1.2.0"]


def test_of_a_loss_the_least_is_the_best() -> None:
    found = rank([candidate("1.0.0", loss=0.3), candidate("1.1.0", loss=0.2)], POLICY, by="test.loss")
    assert order(found) == ["1.1.0", "1.0.0"]
    assert [each.chance for each in found] == [None, None]


def test_only_versions_measured_on_the_data_of_the_newest_take_part() -> None:
    found = rank([candidate("1.0.0", 900, accuracy=0.99), candidate("1.1.0", accuracy=0.9)], POLICY, by="test.accuracy")
    assert order(found) == ["1.1.0"]
    assert (found[1].figure, found[1].explanation) == (None, "it was measured on other data than fraud@1.1.0")


def test_what_was_not_measured_takes_no_part_and_does_not_say_which_data_count() -> None:
    found = rank([candidate("1.0.0", accuracy=0.9), candidate("1.1.0", loss=0.9)], POLICY, by="test.accuracy")
    assert [(str(each.version_id), each.explanation) for each in found] == [
        ("fraud@1.0.0", ""),
        ("fraud@1.1.0", "it was not measured"),
    ]


def test_the_chance_to_be_the_best_is_that_of_two_normal_figures() -> None:
    found = rank([candidate("1.0.0", accuracy=0.9), candidate("1.1.0", accuracy=0.91)], POLICY, by="test.accuracy")
    errors = [(each.high - each.low) / 2 / stats.norm.isf(0.025) for each in found if each.high and each.low]
    expected = float(stats.norm.cdf(0.01 / (errors[0] ** 2 + errors[1] ** 2) ** 0.5))
    assert found[0].chance == pytest.approx(expected, abs=0.03)
    assert sum(each.chance or 0 for each in found) == pytest.approx(1)


def test_the_same_figures_always_have_the_same_chances() -> None:
    versions = [candidate("1.0.0", accuracy=0.9), candidate("1.1.0", accuracy=0.91), candidate("1.2.0", accuracy=0.905)]
    first, again = (rank(each, POLICY, by="test.accuracy") for each in (versions, versions[::-1]))
    assert first == again


def test_a_version_alone_is_the_best() -> None:
    assert [each.chance for each in rank([candidate("1.0.0", accuracy=0.5)], POLICY, by="test.accuracy")] == [1]
    assert rank([], POLICY) == ()


def test_a_metric_that_counts_as_zero_is_no_doubt() -> None:
    policy = replace(POLICY, scores=replace(WEIGHTS, missing=Missing.ZERO))
    found = rank([candidate("1.0.0", accuracy=0.9), candidate("1.1.0", accuracy=0.8)], policy)
    assert [each.figure for each in found] == [pytest.approx(0.6), pytest.approx(1.6 / 3)]
    assert found[0].chance == 1
