from __future__ import annotations

from typing import Any

import pytest

from modelyard.documents.policy import Policy, Scores
from modelyard.documents.policy_scores import Missing
from modelyard.evaluate.scores import score_of
from support.candidates import candidate


def value(policy: dict[str, Any], **figures: Any) -> float | None:
    scores = Scores(**{"weights": {"accuracy": 2, "loss": 1}, **policy})
    found = score_of(candidate(**figures).figures, Policy(scores=scores, lower_is_better=("loss",)))
    return None if found.value is None else round(found.value, 9)


def test_a_score_is_a_weighted_mean() -> None:
    assert value({"weights": {"accuracy": 2, "f1": 1}}, accuracy=0.9, f1=0.6) == 0.8


def test_a_range_becomes_0_to_1_and_less_of_a_loss_is_more_of_the_score() -> None:
    assert value({"normalise": {"loss": (0, 2)}}, accuracy=0.9, loss=0.5) == 0.85
    assert value({"normalise": {"loss": (0, 2)}}, accuracy=0.9, loss=3) == 0.6
    assert value({}, accuracy=0.9, loss=0.5) == round((1.8 - 0.5) / 3, 9)


@pytest.mark.parametrize(("missing", "expected"), [(Missing.REFUSE, None), (Missing.SKIP, 0.9), (Missing.ZERO, 0.6)])
def test_what_becomes_of_a_version_without_a_metric(missing: Missing, expected: float | None) -> None:
    assert value({"missing": missing}, accuracy=0.9) == expected


def test_a_version_without_a_score_says_why() -> None:
    policy = Policy(scores=Scores(weights={"accuracy": 1}))
    assert score_of(candidate().figures, policy).reason == "accuracy was not measured"
    outside = candidate(accuracy=0.9, intervals={"accuracy": (0.1, 0.2, 0.95)})
    assert (
        score_of(outside.figures, policy).reason == "accuracy was measured as 0.9, outside its own interval [0.1, 0.2]"
    )
    skipping = Policy(scores=Scores(weights={"accuracy": 1}, missing=Missing.SKIP))
    assert score_of(candidate().figures, skipping).reason == "none of the weighted metrics was measured"


def test_tags_and_ensembles_have_a_bonus() -> None:
    policy = {"weights": {"accuracy": 1}, "bonus": {"ensemble": 1.05, "small": 1.1}}
    assert value(policy, accuracy=0.8) == 0.8
    assert value(policy, accuracy=0.8, ensemble=True) == 0.84
    assert value(policy, accuracy=0.8, ensemble=True, tags=("small", "ensemble")) == 0.924


def test_a_bonus_never_makes_a_score_worse() -> None:
    assert value({"weights": {"loss": 1}, "bonus": {"ensemble": 1.25}}, loss=0.5, ensemble=True) == -0.4


def test_the_error_of_a_score_holds_whatever_the_correlation_of_its_metrics() -> None:
    policy = Policy(scores=Scores(weights={"auc": 3, "f1": 1}))
    known = candidate(auc=0.9, f1=0.8, intervals={"auc": (0.88, 0.92, 0.95), "f1": (0.7, 0.9, 0.95)})
    assert score_of(known.figures, policy).error == pytest.approx((3 * 0.02 + 0.1) / 4 / 1.959964, rel=1e-6)
    partly = candidate(auc=0.9, f1=0.8, intervals={"auc": (0.88, 0.92, 0.95)})
    assert score_of(partly.figures, policy).error is None
