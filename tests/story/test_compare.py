"""Versions side by side, in order, and by ``@best``."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from modelyard import Registry
from modelyard.documents.schemas import load
from support.registry import Ran, Scene

SCORES = """
scores: {weights: {accuracy: 1}}
"""
RANKED = """\
   version  accuracy  error     is the best
1  1.1.0    0.93      ± 0.0081  99%
2  1.0.0    0.9       ± 0.0095  1%
"""
SCORED = """\
   version  score  error     is the best
1  1.1.0    0.93   ± 0.0081  99%
2  1.0.0    0.9    ± 0.0095  1%
"""
NO_SCORES = """\
modelyard: the policy has no scores by which versions of fraud could be ranked
    hint: name a metric: modelyard leaderboard fraud --by accuracy
"""


def predictions(right: int) -> str:
    rows = "".join(f"test,{row},yes,{'yes' if row < right else 'no'}\n" for row in range(1000))
    return f"split,row,truth,prediction\n{rows}"


def commit(scene: Scene, files: dict[str, str]) -> None:
    for path, text in files.items():
        (scene.registry.path / "model_registry" / path).write_text(text, encoding="utf-8")
    scene.registry.git("add", "model_registry")
    scene.registry.git("commit", "--quiet", "--no-verify", "--message", "Add files")


def with_scores(scene: Scene) -> None:
    policy = scene.registry.path / "model_registry" / "registry.yaml"
    commit(scene, {"registry.yaml": policy.read_text("utf-8") + SCORES})


def test_versions_stand_side_by_side_and_the_figures_say_what_they_prove(merged: Scene) -> None:
    ran = merged.run("compare", "fraud@1.0.0", "fraud@latest")
    table, verdict = ran.out.split("\n\n")
    assert [line.split() for line in table.splitlines()] == [
        ["fraud@1.0.0", "fraud@1.1.0"],
        ["accuracy", "0.9", "0.93"],
        ["data", "data", "(3a50ce08b134)", "data", "(3a50ce08b134)"],
        ["inputs", "-", "-"],
        ["outputs", "-", "-"],
        ["size", "2.1", "kB", "2.1", "kB"],
    ]
    assert verdict == (
        "fraud@1.1.0 against fraud@1.0.0: better; in accuracy\n"
        "  accuracy  better  +0.03, between +0.005529 and +0.05467 with 95% confidence (Newcombe, p = 0.017)\n"
    )
    assert (ran.code, ran.err) == (0, "")


def test_the_json_of_a_comparison_keeps_its_schema(merged: Scene) -> None:
    with_scores(merged)
    ran = merged.run("compare", "fraud@1.1.0", "fraud@1.0.0", "--format", "json")
    value = json.loads(ran.out)
    assert [error.message for error in Draft202012Validator(load("COMPARISON_SCHEMA")).iter_errors(value)] == []
    [compared] = value["comparisons"]
    assert (compared["older"], compared["newer"], compared["verdict"]) == ("fraud@1.1.0", "fraud@1.0.0", "worse")
    assert compared["score"]["verdict"] == "worse"
    assert [each["metrics"] for each in value["versions"]] == [{"accuracy": 0.93}, {"accuracy": 0.9}]
    assert value["commit"] == merged.registry.git("rev-parse", "HEAD")


def test_predictions_beside_both_versions_are_compared_row_by_row(merged: Scene) -> None:
    commit(merged, {"fraud-1.0.0/predictions.csv": predictions(900), "fraud-1.1.0/predictions.csv": predictions(930)})
    assert "(McNemar mid-p, p = 9.3e-10)" in merged.run("compare", "fraud@1.0.0", "fraud@1.1.0").out


def test_predictions_that_cannot_be_read_are_left_aside_and_named(merged: Scene) -> None:
    commit(merged, {"fraud-1.0.0/predictions.csv": "a,b\n", "fraud-1.1.0/predictions.csv": predictions(930)})
    ran = merged.run("compare", "fraud@1.0.0", "fraud@1.1.0")
    assert "(Newcombe, p = 0.017)" in ran.out
    assert ran.err == (
        "model_registry/fraud-1.0.0/predictions.csv is left aside, "
        "line 1: the header is not split,row,truth,prediction\n"
    )


@pytest.mark.parametrize(
    ("references", "message"),
    [
        (["fraud@1.0.0"], "it takes two versions to compare"),
        (
            ["fraud@production", "fraud@1.0.0"],
            "it takes two versions to compare, and all of these mean fraud@1.0.0",
        ),
    ],
)
def test_one_version_is_not_compared_with_itself(merged: Scene, references: list[str], message: str) -> None:
    expected = f"modelyard: {message}\n    hint: modelyard list fraud\n"
    assert merged.run("compare", *references) == Ran(2, "", expected)


def test_a_model_has_a_best_version_by_a_metric_and_by_the_score_of_its_policy(merged: Scene) -> None:
    assert merged.run("best", "fraud", "--by", "accuracy") == Ran(0, "fraud@1.1.0\n", "")
    assert merged.run("leaderboard", "fraud", "--by", "accuracy") == Ran(0, RANKED, "")
    for words in (("best", "fraud"), ("leaderboard", "fraud"), ("resolve", "fraud@best")):
        assert merged.run(*words) == Ran(2, "", NO_SCORES)

    with_scores(merged)

    assert merged.run("best", "fraud") == Ran(0, "fraud@1.1.0\n", "")
    assert merged.run("resolve", "fraud@best") == Ran(0, "fraud@1.1.0\n", "")
    assert merged.run("leaderboard", "fraud") == Ran(0, SCORED, "")


def test_yanked_versions_have_no_place_and_the_leaderboard_says_so(merged: Scene) -> None:
    with_scores(merged)
    model = merged.registry.path / "model_registry" / "models" / "fraud.yaml"
    commit(merged, {"models/fraud.yaml": model.read_text("utf-8") + "yanked: {1.1.0: leaks the label}\n"})

    assert merged.run("best", "fraud") == Ran(0, "fraud@1.0.0\n", "")
    assert merged.run("leaderboard", "fraud").err == ("without a place: fraud@1.1.0, it was yanked: leaks the label\n")
    ranking = json.loads(merged.run("leaderboard", "fraud", "--format", "json").out)
    assert [each["version"] for each in ranking["ranked"]] == ["1.0.0"]
    assert ranking["unranked"] == [{"name": "fraud", "version": "1.1.0", "reason": "it was yanked: leaks the label"}]


def test_no_best_version_where_none_was_measured(merged: Scene) -> None:
    assert merged.run("best", "fraud", "--by", "auc") == Ran(
        2,
        "",
        "modelyard: no version of fraud can be ranked; fraud@1.1.0: auc was not measured\n"
        "    hint: modelyard list fraud\n",
    )
    assert merged.run("leaderboard", "fraud", "--by", "auc").out == "no version can be ranked\n"


def test_the_same_in_python(merged: Scene) -> None:
    registry = Registry(merged.registry.path)
    assert str(registry.best("fraud", by="accuracy").id) == "fraud@1.1.0"
    assert [str(each.version_id) for each in registry.leaderboard("fraud", by="accuracy").ranked] == [
        "fraud@1.1.0",
        "fraud@1.0.0",
    ]
    [comparison] = registry.compare("fraud@1.0.0", "fraud@1.1.0").comparisons
    assert comparison.verdict.value == "better"
    value = json.loads(merged.run("best", "fraud", "--by", "accuracy", "--format", "json").out)
    assert (value["name"], value["version"], value["by"], value["value"]) == ("fraud", "1.1.0", "accuracy", 0.93)
