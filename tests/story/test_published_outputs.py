"""What commands print with ``--format json`` follows the schemas that are published for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from modelyard.documents.schemas import load

if TYPE_CHECKING:
    from support.registry import Scene


def printed(scene: Scene, *words: str) -> str:
    ran = scene.run(*words, "--format", "json")
    assert ran.code == 0, ran.err
    return ran.out


def faults(name: str, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(load(name)).iter_errors(value)]


def test_versions_beside_each_other(scored: Scene) -> None:
    comparison = json.loads(printed(scored, "compare", "fraud@1.0.0", "fraud@1.1.0"))
    assert faults("COMPARISON_SCHEMA", comparison) == []
    assert [each["verdict"] for each in comparison] == ["better"]
    board = json.loads(printed(scored, "leaderboard", "fraud"))
    assert faults("LEADERBOARD_SCHEMA", board) == []
    assert [each["version"] for each in board] == ["fraud@1.1.0", "fraud@1.0.0"]
    assert json.loads(printed(scored, "best", "fraud")) == board[0]


def test_what_happened(merged: Scene) -> None:
    shares = ("--traffic", "1.0.0=90", "--traffic", "1.1.0=10", "--reason", "try it")
    assert merged.run("promote", "fraud@1.0.0", "--to", "staging", *shares, "--commit").code == 0
    events = json.loads(printed(merged, "history"))
    assert [fault for each in events for fault in faults("EVENT_SCHEMA", each)] == []
    assert {each["event"] for each in events} == {"registered", "promoted", "traffic changed", "policy changed"}
    assert [json.loads(line) for line in printed(merged, "log").splitlines()] == events
    figures = json.loads(printed(merged, "stats"))
    assert faults("STATS_SCHEMA", figures) == []
    assert [each["model"] for each in figures["models"]] == ["fraud"]


def test_the_report_of_a_change(merged: Scene) -> None:
    assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--branch").code == 0
    words = ("report", "--base", "main", "--head", "promote/fraud-1.1.0-to-staging")
    for more in ((), ("--no-gate",)):
        told = json.loads(printed(merged, *words, *more))
        assert faults("REVIEW_SCHEMA", told) == []
        assert (told["judgement"] is None) == bool(more)
    judged = json.loads(printed(merged, *words))["judgement"]
    assert faults("REPORT_SCHEMA", judged) == []
