from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from scipy import stats

from modelyard.documents.predictions import Row
from modelyard.errors import NotFinished
from modelyard.evaluate.bootstrap import bootstrap
from modelyard.evaluate.paired import Contradiction, paired_difference

# Of a few hundred rows of a normal distribution, the bootstrap must find what Student's t finds.
FIRST = (stats.norm.rvs(size=400, random_state=1) + 3).tolist()
SECOND = [each + more for each, more in zip(FIRST, stats.norm.rvs(0.05, 0.5, size=400, random_state=2), strict=True)]


def test_means_of_many_rows_are_compared_as_by_the_paired_t_test() -> None:
    oracle = stats.ttest_rel(SECOND, FIRST)
    interval = oracle.confidence_interval()
    found = bootstrap(FIRST, SECOND)
    assert found.effect == pytest.approx(sum(SECOND) / 400 - sum(FIRST) / 400)
    assert (found.low, found.high) == pytest.approx((float(interval.low), float(interval.high)), abs=5e-3)
    assert found.p_value == pytest.approx(float(oracle.pvalue), abs=0.03)


def test_the_studentised_interval_is_that_of_scipy() -> None:
    """SciPy's basic interval of the same rows differs in what chance alone explains"""

    def difference(first: list[float], second: list[float]) -> float:
        return float((sum(second) / len(second)) ** 0.5 - (sum(first) / len(first)) ** 0.5)

    oracle = stats.bootstrap((FIRST, SECOND), difference, paired=True, vectorized=False, n_resamples=999, rng=3)
    found = bootstrap(FIRST, SECOND, rooted=True)
    assert (found.low, found.high) == pytest.approx(tuple(map(float, oracle.confidence_interval)), abs=3e-3)


def test_the_same_rows_give_the_same_figures() -> None:
    found = bootstrap([1.0, 2.0, 3.0, 5.0], [1.5, 2.0, 2.0, 4.0], resamples=99)
    assert found == bootstrap([1.0, 2.0, 3.0, 5.0], [1.5, 2.0, 2.0, 4.0], resamples=99)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.effect == -0.375 < found.high


def test_rows_that_do_not_vary_leave_nothing_to_chance() -> None:
    assert bootstrap([1.0, 2.0], [1.0, 2.0]).p_value == 1
    assert bootstrap([1.0, 2.0], [2.0, 3.0]).p_value == 0


def test_without_numpy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(NotFinished) as caught:
        bootstrap([1.0], [2.0])
    assert caught.value.message == "predictions are compared by a bootstrap, and NumPy is not installed"
    assert caught.value.hint == "pip install 'modelyard[stats]'"


def table(predict: Callable[[int], float | str]) -> dict[str, Row]:
    return {str(row): Row(str(row), str(predict(row))) for row in range(100)}


@pytest.mark.parametrize(
    ("metric", "older", "newer"),
    [("mae", 1.5, 0.5), ("mean_squared_error", 2.5, 0.25), ("rmse", 2.5**0.5, 0.5)],
)
def test_errors_are_computed_from_the_rows(metric: str, older: float, newer: float) -> None:
    first, second = table(lambda row: row + 1 + row % 2), table(lambda row: row - 0.5)
    found = paired_difference(metric, (first, older), (second, newer), level=0.95)
    assert found
    assert found.method == "paired bootstrap"
    assert found.effect == pytest.approx(newer - older)
    assert found.high is not None
    assert found.high < 0


def test_a_metric_of_more_than_rows_is_left_to_its_intervals() -> None:
    rows = table(lambda row: row)
    assert paired_difference("auc", (rows, 0.9), (rows, 0.9), level=0.95) is None


@pytest.mark.parametrize(
    ("prediction", "why"),
    [
        ("cat", "the predictions hold 'cat' for '0', and no numbers"),
        ("inf", "the predictions hold 'inf' for '0', and no finite numbers"),
        ("nan", "the predictions hold 'nan' for '0', and no finite numbers"),
        ("7", "metrics.json states 0 where the predictions give 43.06"),
    ],
)
def test_predictions_that_are_no_figures_or_others_are_refused(prediction: str, why: str) -> None:
    rows, others = table(lambda row: row), table(lambda _row: prediction)
    with pytest.raises(Contradiction) as caught:
        paired_difference("mae", (others, 0.0), (rows, 0.0), level=0.95)
    assert str(caught.value) == why
