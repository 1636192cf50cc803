"""Versions compared and ranked, as a person sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modelyard import Registry
from support.registry import Ran

if TYPE_CHECKING:
    from support.registry import Scene

WEIGH, BY = "set scores.weights in model_registry/registry.yaml", "fraud --by METRIC"


def test_two_versions_are_compared_by_a_method_that_is_named(merged: Scene) -> None:
    assert merged.run("compare", "fraud@1.0.0", "fraud@latest") == Ran(
        0,
        "fraud@1.1.0 against fraud@1.0.0: better\n"
        "by accuracy; differences at 95%\n"
        "\n"
        "metric    1.0.0  1.1.0  difference                      verdict\n"
        "accuracy  0.9    0.93   +0.03       +0.0055 to +0.0547  better (Newcombe, p = 0.017)\n",
        "",
    )


def test_each_further_version_is_held_against_the_first(merged: Scene) -> None:
    ran = merged.run("compare", "fraud@1.1.0", "fraud@1.0.0", "fraud@1.1.0", "--margin", "accuracy=0.05")
    assert [line for line in ran.out.splitlines() if "against" in line] == [
        "fraud@1.0.0 against fraud@1.1.0: worse",
        "fraud@1.1.0 against fraud@1.1.0: equivalent",
    ]


def test_a_program_gets_every_figure(merged: Scene) -> None:
    ran = merged.run("compare", "fraud@1.0.0", "fraud@1.1.0", "--format", "json")
    (found,) = json.loads(ran.out)
    assert (found["older"], found["newer"], found["verdict"], found["level"]) == (
        "fraud@1.0.0",
        "fraud@1.1.0",
        "better",
        0.95,
    )
    (metric,) = found["metrics"]
    assert metric["metric"] == "accuracy"
    assert metric["method"] == "Newcombe"
    assert metric["p_value"] == metric["adjusted_p_value"] == pytest.approx(0.016525, abs=1e-6)
    assert {"what": "licence", "older": "MIT", "newer": "MIT"} in found["facts"]

    (contrast,) = Registry(merged.registry.path).compare("fraud@1.0.0", "fraud@1.1.0")
    assert contrast.comparison.verdict.value == "better"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("compare", "fraud@1.0.0"),
            "modelyard: two versions at least are needed to compare\n    hint: modelyard compare --help\n",
        ),
        (
            ("compare", "fraud@1.0.0", "fraud@1.1.0", "--metric", "acuracy"),
            "modelyard: no version has the metric 'acuracy'\n    hint: did you mean accuracy?\n",
        ),
        (
            ("leaderboard", "fraud"),
            (
                "modelyard: the policy makes no scores for fraud\n"
                f"    hint: {WEIGH}, or modelyard leaderboard fraud --by accuracy\n"
            ),
        ),
        (
            ("resolve", "fraud@best"),
            (
                "modelyard: fraud@best resolves to nothing: the policy makes no scores\n"
                f"    hint: {WEIGH}, or modelyard best {BY}\n"
            ),
        ),
        (
            ("best", "frau"),
            "modelyard: there is no model 'frau'\n    hint: models here: fraud\n",
        ),
    ],
)
def test_what_cannot_be_compared_says_what_to_do(merged: Scene, words: tuple[str, ...], message: str) -> None:
    assert merged.run(*words) == Ran(2, "", message)


def test_a_leaderboard_says_how_likely_each_is_the_best(scored: Scene) -> None:
    assert scored.run("leaderboard", "fraud") == Ran(
        0,
        "   version      score  interval  is the best\n"
        "1  fraud@1.1.0  0.93   -         99.0%\n"
        "2  fraud@1.0.0  0.9    -         1.0%\n",
        "",
    )
    assert scored.run("leaderboard", "fraud", "--by", "accuracy").out.splitlines()[1] == (
        "1  fraud@1.1.0  0.93      0.9125 to 0.9442  99.3%"
    )


def test_the_best_version_is_a_reference(scored: Scene) -> None:
    assert scored.run("best", "fraud").out == "fraud@1.1.0\n"
    assert scored.run("resolve", "fraud@best").out == "fraud@1.1.0\n"
    registry = Registry(scored.registry.path)
    assert str(registry.best("fraud").version_id) == "fraud@1.1.0"
    assert str(registry["fraud@best"].id) == "fraud@1.1.0"
    assert [str(each.version_id) for each in registry.leaderboard("fraud").ranked] == ["fraud@1.1.0", "fraud@1.0.0"]


def test_what_was_yanked_is_not_the_best(scored: Scene) -> None:
    document = scored.registry.path / "model_registry/models/fraud.yaml"
    document.write_text(f"{document.read_text()}yanked:\n  1.1.0: it leaked\n")
    scored.commit("Yank 1.1.0")
    assert scored.run("best", "fraud").out == "fraud@1.0.0\n"
    assert scored.run("resolve", "fraud@best").out == "fraud@1.0.0\n"
