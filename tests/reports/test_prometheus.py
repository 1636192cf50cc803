"""Figures for Prometheus, read by its own parser."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from prometheus_client.parser import text_string_to_metric_families

from modelyard.git.people import Person
from modelyard.history.event import Event, Kind
from modelyard.history.figures import Figures, ModelFigures
from modelyard.history.placed import Placed
from modelyard.names import ModelName, Version
from modelyard.reports.prometheus import render

MOMENT = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
ADA = Person("Ada", "ada@example.org")
FRAUD, ONE = ModelName("fraud"), Version(1, 0, 0)
HOSTILE = 'pro"duc\\tion\n# x \udcff'


def placed(stage: str, share: int | None) -> Placed:
    event = Event(MOMENT, Kind.PROMOTED, stage, FRAUD, None, ONE, None, "1" * 40, ADA, ADA)
    return Placed(stage, FRAUD, ONE, share, event)


def figures(stage: str, *waits: timedelta) -> Figures:
    model = ModelFigures(
        name=FRAUD,
        versions=2,
        size=123456789012,
        newest=MOMENT,
        placed=(placed(stage, None), placed("staging", 10)),
        promotions={stage: 3},
        rollbacks={stage: 1},
        waits=waits,
    )
    return Figures(goal=stage, models=(model,), months={("2026-03", stage): 3})


def read(text: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Return samples by name and labels, as the parser of Prometheus' own client has them."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.items())] = sample.value
    return found


def test_its_parser_reads_every_figure() -> None:
    text = render(figures("production", timedelta(days=1), timedelta(hours=1)))
    model, stage = ("model", "fraud"), ("stage", "production")
    here, there = (model, stage, ("version", "1.0.0")), (model, ("stage", "staging"), ("version", "1.0.0"))
    assert read(text) == {
        "modelyard_models": {(): 1},
        "modelyard_versions": {(model,): 2},
        "modelyard_size_bytes": {(model,): 123456789012},
        "modelyard_newest_version_timestamp_seconds": {(model,): 1772366400},
        "modelyard_stage_traffic_ratio": {here: 1, there: 0.1},
        "modelyard_stage_since_timestamp_seconds": {here: 1772366400, there: 1772366400},
        "modelyard_promotions_total": {(model, stage): 3},
        "modelyard_rollbacks_total": {(model, stage): 1},
        "modelyard_registration_to_stage_seconds_count": {(model, stage): 2},
        "modelyard_registration_to_stage_seconds_sum": {(model, stage): 90000},
    }
    kinds = {family.name: family.type for family in text_string_to_metric_families(text)}
    assert kinds["modelyard_promotions"] == "counter"
    assert kinds["modelyard_registration_to_stage_seconds"] == "summary"
    assert all(family.documentation for family in text_string_to_metric_families(text))
    assert text.endswith("\n")


def test_hostile_names_stay_in_their_label() -> None:
    promotions = read(render(figures(HOSTILE)))["modelyard_promotions_total"]
    assert promotions == {(("model", "fraud"), ("stage", HOSTILE.replace("\udcff", "?"))): 3}


def test_a_registry_without_a_model_is_a_page_too() -> None:
    empty = render(Figures(goal=None, models=(), months={}))
    assert read(empty) == {"modelyard_models": {(): 0}}
