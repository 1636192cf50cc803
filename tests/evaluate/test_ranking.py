from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from modelyard.documents.policy import Policy, Scores
from modelyard.evaluate.comparison import Candidate
from modelyard.evaluate.ranking import Ranking, chances, rank
from support.candidates import candidate

SCORED = Policy(scores=Scores(weights={"accuracy": 1}))


def places(ranking: Ranking) -> list[str]:
    return [str(each.version_id.version) for each in ranking.ranked]


def reasons(ranking: Ranking) -> dict[str, str]:
    return {str(each): reason for each, reason in ranking.unranked.items()}


def test_the_highest_stands_first_and_of_two_equal_ones_the_newer() -> None:
    versions = [candidate("1.9.0", accuracy=0.9), candidate("1.10.0", accuracy=0.9), candidate("1.0.0", accuracy=0.95)]
    assert places(rank(versions, SCORED)) == ["1.0.0", "1.10.0", "1.9.0"]
    assert places(rank(versions, Policy(), by="accuracy")) == ["1.0.0", "1.10.0", "1.9.0"]


def test_of_a_loss_the_lowest_stands_first_and_of_two_equal_ones_the_newer() -> None:
    versions = [candidate("1.9.0", loss=0.3), candidate("1.10.0", loss=0.3), candidate("1.0.0", loss=0.2)]
    policy = Policy(lower_is_better=("loss",))
    assert places(rank(versions, policy, by="loss")) == ["1.0.0", "1.10.0", "1.9.0"]


@pytest.mark.parametrize(
    ("versions", "ranked", "unranked"),
    [
        (
            [candidate("1.0.0", accuracy=0.99, data="2" * 64), candidate("1.1.0", accuracy=0.9)],
            ["1.1.0"],
            {"fraud@1.0.0": "it was measured on other data than fraud@1.1.0"},
        ),
        (
            [candidate("1.0.0", accuracy=0.9), candidate("1.1.0", accuracy=0.99, data=None)],
            ["1.0.0"],
            {"fraud@1.1.0": "it was measured on data of which no digest is known"},
        ),
        (
            [candidate("1.0.0", accuracy=0.9), candidate("1.1.0", data="2" * 64)],
            ["1.0.0"],
            {"fraud@1.1.0": "accuracy was not measured"},
        ),
        (
            [candidate("1.0.0", accuracy=0.9, intervals={"accuracy": (0.95, 0.99, 0.95)})],
            [],
            {"fraud@1.0.0": "accuracy was measured as 0.9, outside its own interval [0.95, 0.99]"},
        ),
    ],
)
@pytest.mark.parametrize("by", ["score", "accuracy"])
def test_what_cannot_be_compared_has_no_place(
    versions: list[Candidate], ranked: list[str], unranked: dict[str, str], by: str
) -> None:
    ranking = rank(versions, SCORED, by=by)
    assert (places(ranking), reasons(ranking)) == (ranked, unranked)


def test_the_probability_of_being_the_best_is_known_where_every_error_is() -> None:
    known = [candidate("1.0.0", accuracy=0.9), candidate("1.1.0", accuracy=0.92)]
    assert [round(each.probability or 0, 2) for each in rank(known, SCORED).ranked] == [0.94, 0.06]
    wide = candidate("1.2.0", accuracy=0.91, intervals={"accuracy": (0.91, 0.91, 0.95)})
    assert [each.probability for each in rank([*known, wide], SCORED).ranked] == [None, None, None]


@given(st.floats(-3, 3), st.floats(0.05, 2), st.floats(0.05, 2))
def test_of_two_the_chance_is_that_of_a_positive_difference(gap: float, first: float, second: float) -> None:
    expected = float(stats.norm.cdf(gap / (first**2 + second**2) ** 0.5))
    assert chances([gap, 0.0], [first, second])[0] == pytest.approx(expected, abs=5e-3)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_of_several_the_chances_are_those_of_drawing(seed: int, versions: int) -> None:
    means = stats.norm.rvs(size=versions, random_state=seed)
    errors = stats.uniform.rvs(0.3, 1, size=versions, random_state=seed)
    drawn = stats.norm.rvs(means, errors, size=(20_000, versions), random_state=seed).argmax(axis=1)
    shares = [float((drawn == index).mean()) for index in range(versions)]
    assert chances(means.tolist(), errors.tolist()) == pytest.approx(shares, abs=0.02)


def test_chances_of_none_of_one_and_of_what_never_varies() -> None:
    assert chances([], []) == ()
    assert chances([5.0], [0.0]) == (1.0,)
    assert chances([1.0, 0.0], [0.0, 0.0]) == (1.0, 0.0)
    assert chances([0.0, 100.0], [0.1, 0.1]) == (0.0, 1.0)
