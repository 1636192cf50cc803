"""Predictions that lie in Git beside versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modelyard.reports.markup import prose
from support.registry import Ran

if TYPE_CHECKING:
    from support.registry import Scene

BRANCH = "promote/fraud-1.2.0-to-staging"


def predictions(right: int) -> str:
    rows = "".join(f"test,{row},yes,{'yes' if row < right else 'no'}\n" for row in range(1000))
    return f"split,row,truth,prediction\n{rows}"


def commit(scene: Scene, older: str, newer: str) -> None:
    for version, text in (("1.0.0", older), ("1.1.0", newer)):
        (scene.version(f"fraud-{version}") / "predictions.csv").write_text(text, encoding="utf-8")
    scene.registry.git("add", "model_registry")
    scene.registry.git("commit", "--quiet", "--no-verify", "--message", "Say what each version said")


def test_versions_with_predictions_are_compared_row_by_row(merged: Scene) -> None:
    commit(merged, predictions(900), predictions(930))
    ran = merged.run("compare", "fraud@1.0.0", "fraud@1.1.0")
    assert ran.out.splitlines()[-1].endswith("better (McNemar mid-p, p = 9.3e-10)")
    assert (ran.code, ran.err) == (0, "")


def test_predictions_that_cannot_be_read_are_left_aside_and_named(merged: Scene) -> None:
    commit(merged, "a,b\n", predictions(930))
    ran = merged.run("compare", "fraud@1.0.0", "fraud@1.1.0", "--format", "json")
    assert '"method": "Newcombe"' in ran.out
    assert ran.err == (
        "model_registry/fraud-1.0.0/predictions.csv is left aside: "
        "line 1: the header is not split,row,truth,prediction\n"
    )


@pytest.fixture
def close(merged: Scene) -> Scene:
    """Register 1.2.0, right on ten rows of a thousand more than 1.0.0 and wrong on none of the others."""
    assert merged.register("--version", "1.2.0", "--metrics", "accuracy=0.91", "--n", "1000", "--branch").code == 0
    merged.merge("register/fraud-1.2.0")
    return merged


def with_predictions(scene: Scene) -> None:
    for version, right in (("1.0.0", 900), ("1.2.0", 910)):
        (scene.version(f"fraud-{version}") / "predictions.csv").write_text(predictions(right), encoding="utf-8")
    scene.commit("Say what each version said")


def test_without_predictions_no_command_finds_a_difference(close: Scene) -> None:
    assert "inconclusive" in close.run("compare", "fraud@1.0.0", "fraud@1.2.0").out
    ran = close.run("promote", "fraud@1.2.0", "--to", "staging", "--if-better")
    assert ran == Ran(
        0,
        "nothing to do\n"
        "  left out  fraud@1.2.0 is not shown to be better than fraud@1.0.0 in staging: "
        "inconclusive, the figures show no difference, and no margin that it is within\n"
        "nothing was written\n",
        "",
    )


def test_report_and_promote_compare_row_by_row_as_compare_does(close: Scene) -> None:
    with_predictions(close)
    compared = close.run("compare", "fraud@1.0.0", "fraud@1.2.0")
    assert "  better (McNemar mid-p, p = 0.00098)\n" in compared.out
    promoted = close.run("promote", "fraud@1.2.0", "--to", "staging", "--if-better", "--branch")
    assert (promoted.code, promoted.err) == (0, "")
    assert "fraud@1.2.0 is better than fraud@1.0.0: by accuracy\n" in promoted.out
    reported = json.loads(close.run("report", "--head", BRANCH, "--base", "main", "--format", "json").out)
    (candidate,) = reported["candidates"]
    assert candidate["verdict"] == {
        "verdict": "better",
        "level": 0.95,
        "explanation": "by accuracy",
        "remarks": [],
    }
    assert [each["method"] for each in candidate["metrics"]] == ["McNemar mid-p"]


def test_a_decision_by_predictions_is_verified_from_its_commits(close: Scene) -> None:
    with_predictions(close)
    assert close.run("promote", "fraud@1.2.0", "--to", "staging", "--branch").code == 0
    close.merge(BRANCH)
    value = json.loads(close.run("decision", "show", "fraud@staging", "--format", "json").out)
    (version,) = value["evidence"]["versions"]
    assert (version["metrics"]["accuracy"]["method"], value["agrees"]) == ("McNemar mid-p", True)
    assert close.run("decision", "verify", "fraud@staging").code == 0


def test_a_report_says_which_predictions_it_leaves_aside(close: Scene) -> None:
    with_predictions(close)
    (close.version("fraud-1.2.0") / "predictions.csv").write_text("a,b\n", encoding="utf-8")
    close.commit("Break a table")
    assert close.run("promote", "fraud@1.2.0", "--to", "staging", "--branch").code == 0
    why = (
        "model_registry/fraud-1.2.0/predictions.csv is left aside: line 1: the header is not split,row,truth,prediction"
    )
    words = ("report", "--head", BRANCH, "--base", "main", "--no-artifacts")
    assert f"  {why}" in [line[2:] for line in close.run(*words).out.splitlines()]
    told = close.run(*words, "--format", "markdown").out
    assert f"Note: {prose(why)}\n" in told
