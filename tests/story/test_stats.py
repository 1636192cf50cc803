"""``modelyard stats``: how many, how large, how old, how often, and how long it takes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from modelyard import Registry
from support.cases import valid_files
from support.past import Past, new_past, stage
from support.registry import modelyard

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86400


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Past:
    """A registry with valid versions, one of which went through the stages, and was rolled back once."""
    past = new_past(tmp_path / "registry")
    past.repository.write(valid_files())
    past.commit({}, "Register", at="2026-02-01")
    past.commit(stage("1.0.0", stage="production"), at="2026-02-03")
    past.commit(stage("1.1.0", stage="production"), at="2026-03-05")
    past.commit(stage("1.0.0", "held: {1.1.0: slow}", stage="production"), at="2026-03-06")
    monkeypatch.chdir(past.repository.path)
    return past


@pytest.mark.usefixtures("past")
def test_figures_for_machines() -> None:
    ran = modelyard("stats", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == {
        "last_stage": "production",
        "models": [
            {
                "model": "fraud",
                "versions": 2,
                "size": 50,
                "newest": "2026-02-01T12:00:00Z",
                "stages": [
                    {"stage": "production", "version": "1.0.0", "share": None, "since": "2026-03-06T12:00:00Z"},
                    {"stage": "staging", "version": "1.1.0", "share": None, "since": "2026-02-01T12:00:00Z"},
                ],
                "promotions": {"production": 2, "staging": 1},
                "rollbacks": {"production": 1},
                "seconds_to_last_stage": {"count": 2, "median": 16 * DAY, "longest": 32 * DAY},
            }
        ],
        "promotions_per_month": [
            {"month": "2026-02", "stage": "production", "promotions": 1},
            {"month": "2026-02", "stage": "staging", "promotions": 1},
            {"month": "2026-03", "stage": "production", "promotions": 1},
        ],
    }


@pytest.mark.usefixtures("past")
def test_a_table_for_people() -> None:
    ran = modelyard("stats")
    assert (ran.code, ran.err) == (0, "")
    aged = re.sub(r"\d+ d( ago|,|  )", r"N d\1", ran.out)
    assert [re.split("  +", line) for line in aged.splitlines()] == [
        ["MODEL", "VERSIONS", "SIZE", "NEWEST", "IN STAGES", "PROMOTIONS", "ROLL BACKS", "TIME TO LAST STAGE"],
        [
            *("fraud", "2", "50 B", "N d ago", "production 1.0.0 for N d, staging 1.1.0 for N d", "3", "1", "16 d"),
        ],
        [""],
        ["MONTH", "STAGE", "PROMOTIONS"],
        ["2026-02", "production", "1"],
        ["2026-02", "staging", "1"],
        ["2026-03", "production", "1"],
    ]


@pytest.mark.usefixtures("past")
def test_a_page_for_prometheus() -> None:
    from prometheus_client.parser import text_string_to_metric_families

    ran = modelyard("stats", "--format", "prometheus")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(ran.out)
        for sample in family.samples
    }
    assert samples["modelyard_rollbacks_total", "fraud", "production"] == 1
    assert samples["modelyard_stage_traffic_ratio", "fraud", "production", "1.0.0"] == 1
    assert samples["modelyard_versions", "fraud"] == len(Registry().versions("fraud"))


def test_python_counts_too(past: Past) -> None:
    figures = Registry(past.repository.path).stats()
    fraud = next(each for each in figures.models if each.name == "fraud")
    assert fraud.rollbacks == {"production": 1}
