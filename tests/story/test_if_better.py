"""A scheduled job: what is shown to be better is proposed, and where nothing is, the job ends well."""

from __future__ import annotations

import json

import modelyard
from support.registry import Ran, Scene, unchanged

WORDS = ("promote", "fraud@best", "--to", "staging", "--if-better")


def registered(scene: Scene, version: str, accuracy: str, *more: str) -> None:
    words = ("--version", version, "--metrics", f"accuracy={accuracy}", "--n", "1000", "--branch", *more)
    ran = scene.register(*words)
    assert ran.code == 0, ran.err
    scene.merge(f"register/fraud-{version}")


def test_what_is_better_is_proposed_once(scored: Scene) -> None:
    assert scored.run("resolve", "fraud@best").out == "fraud@1.1.0\n"

    ran = scored.run(*WORDS, "--branch")

    lines = ran.out.splitlines()
    assert (ran.code, lines[0]) == (0, "promoted fraud@1.1.0 to staging, replacing 1.0.0")
    # What makes it the better one, the comparison words.
    assert lines[1].startswith("  note      fraud@1.1.0 is better than fraud@1.0.0: ")
    scored.merge("promote/fraud-1.1.0-to-staging")
    assert scored.run("validate", "--base", "HEAD~1").code == 0
    with unchanged(scored.registry):
        assert scored.run(*WORDS) == Ran(
            0, "nothing to do\n  left out  fraud@1.1.0 is in staging already\nnothing was written\n", ""
        )


def test_what_is_not_shown_to_be_better_is_left_alone(scored: Scene) -> None:
    assert scored.run(*WORDS, "--commit").code == 0
    registered(scored, "1.2.0", "0.935")

    with unchanged(scored.registry):
        ran = scored.run(*WORDS)
    lines = ran.out.splitlines()
    assert (ran.code, lines[0], lines[2]) == (0, "nothing to do", "nothing was written")
    assert lines[1].startswith(
        "  left out  fraud@1.2.0 is not shown to be better than fraud@1.1.0 in staging: inconclusive, "
    )


def test_what_the_gate_refuses_is_left_alone(scored: Scene) -> None:
    with unchanged(scored.registry):
        assert scored.run("promote", "fraud@best", "--to", "production", "--if-better", "--commit") == Ran(
            0,
            "model_registry/stages/production/fraud.yaml:2:10: error MY609 fraud@1.1.0 was never in staging, "
            "and production takes versions from there\n"
            "    hint: modelyard promote fraud@1.1.0 --to staging\n"
            "nothing to do\n"
            "  left out  fraud@1.1.0 is refused by the gate of production\n"
            "nothing was written\n",
            "",
        )


def test_a_model_that_a_stage_does_not_have_has_nothing_to_be_better_than(scored: Scene) -> None:
    assert scored.run("demote", "fraud", "--from", "staging", "--commit").code == 0

    told = json.loads(scored.run(*WORDS, "--dry-run", "--format", "json").out)

    assert [deed["version"] for deed in told["deeds"]] == ["1.1.0"]
    assert told["remarks"] == ["staging has no version of fraud that fraud@1.1.0 could be compared with"]


def test_each_of_many_models_is_held_against_its_own_champion(scored: Scene) -> None:
    assert scored.register("--version", "2.0.0", "--branch", "--metrics", "accuracy=0.8", name="churn").code == 0
    scored.merge("register/churn-2.0.0")
    words = ("promote", "*@best", "--to", "staging", "--if-better")
    assert [line for line in scored.run(*words, "--commit").out.splitlines() if line.startswith("promoted")] == [
        "promoted churn@2.0.0 to staging",
        "promoted fraud@1.1.0 to staging, replacing 1.0.0",
    ]
    with unchanged(scored.registry):
        assert scored.run(*words) == Ran(
            0,
            "nothing to do\n"
            "  left out  churn@2.0.0 is in staging already\n"
            "  left out  fraud@1.1.0 is in staging already\n"
            "nothing was written\n",
            "",
        )


def test_wrong_usage_fails_all_the_same(merged: Scene) -> None:
    with unchanged(merged.registry):
        assert merged.run(*WORDS).code == 2
        assert merged.run("promote", "fraud@1.1.0", "--to", "stagin", "--if-better") == Ran(
            2, "", "modelyard: the policy knows no stage 'stagin'\n    hint: did you mean --to staging?\n"
        )
        assert merged.run("promote", "fraud@9.0.0", "--to", "staging", "--if-better").code == 2


def test_the_same_from_python(scored: Scene) -> None:
    registry = modelyard.Registry()
    assert registry.promote("fraud@best", to="staging", if_better=True, branch="HEAD").written
    again = registry.promote("fraud@best", to="staging", if_better=True)
    assert (again.written, again.edits.deeds, again.left_out) == (False, (), ("fraud@1.1.0 is in staging already",))
