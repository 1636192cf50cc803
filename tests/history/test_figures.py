"""Figures of a life: versions, promotions, roll backs, and the way from registration to the last stage."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from modelyard.git.objects import ObjectReader
from modelyard.history import events
from modelyard.history.figures import Figures, count
from modelyard.names import ModelName
from support.past import Past, new_past, registered, stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FRAUD, CHURN, IDLE = ModelName("fraud"), ModelName("churn"), ModelName("idle")


def counted(past: Past, sizes: Mapping[ModelName, list[int]], goal: str | None = "production") -> Figures:
    with ObjectReader(past.repository.location) as reader:
        return count(events(reader, past.repository.head), sizes, goal)


def test_a_month_of_two_models(tmp_path: Path) -> None:
    past = new_past(tmp_path / "registry")
    past.commit(registered("fraud-1.0.0", "churn-1.0.0"), at="2026-02-01")
    past.commit(stage("1.0.0", stage="staging"), at="2026-02-02")
    past.commit(stage("1.0.0"), at="2026-02-04")
    past.commit(registered("fraud-1.1.0"), at="2026-03-01")
    past.commit({**stage("1.1.0"), **stage("1.1.0", stage="staging")}, at="2026-03-02")
    past.commit(stage("1.0.0", "held: {1.1.0: slow}"), at="2026-03-03")
    past.commit(stage("1.1.0"), at="2026-03-09")

    figures = counted(past, {FRAUD: [3, 4], CHURN: [5], IDLE: []})

    assert figures.goal == "production"
    assert figures.months == {
        ("2026-02", "production"): 1,
        ("2026-02", "staging"): 1,
        ("2026-03", "production"): 2,
        ("2026-03", "staging"): 1,
    }
    churn, fraud, idle = figures.models
    assert (fraud.name, fraud.versions, fraud.size) == (FRAUD, 2, 7)
    assert fraud.newest == datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
    assert fraud.promotions == {"production": 3, "staging": 2}
    assert fraud.rollbacks == {"production": 1}
    assert fraud.waits == (timedelta(days=3), timedelta(days=1))
    assert [(each.stage, str(each.version)) for each in fraud.placed] == [("production", "1.1.0"), ("staging", "1.1.0")]
    assert (churn.versions, churn.promotions, churn.rollbacks, churn.waits, churn.placed) == (1, {}, {}, (), ())
    assert (idle.versions, idle.newest) == (0, None)


def test_clocks_that_go_back_make_no_wait_negative(tmp_path: Path) -> None:
    past = new_past(tmp_path / "registry")
    past.commit(registered("fraud-1.0.0"), at="2026-02-02")
    past.commit(stage("1.0.0"), at="2026-02-01")
    assert counted(past, {FRAUD: [1]}).models[0].waits == (timedelta(),)
    assert counted(past, {FRAUD: [1]}, goal=None).models[0].waits == ()
