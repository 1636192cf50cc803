"""One change of many models: names, patterns and lists, a plan first, and one commit or none."""

from __future__ import annotations

import pytest

import modelyard
from support.registry import Ran, Scene, unchanged

STAGES = "model_registry/stages"
MODELS = "model_registry/models"


@pytest.fixture
def two(merged: Scene) -> Scene:
    """Merge churn@2.0.0 and 2.1.0 beside fraud, and put the newest of both into staging."""
    for version in ("2.0.0", "2.1.0"):
        assert merged.register("--version", version, "--branch", "--n", "1000", name="churn").code == 0
        merged.merge(f"register/churn-{version}")
        assert merged.run("promote", f"churn@{version}", "--to", "staging", "--commit").code == 0
    assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--commit").code == 0
    return merged


def test_all_models_of_a_stage_are_rolled_back_in_one_commit(two: Scene) -> None:
    words = ("rollback", "*", "--stage", "staging", "--reason", "the feed was cut off")
    with unchanged(two.registry):
        assert two.run(*words, "--dry-run") == Ran(
            0,
            "would roll back churn in staging from 2.1.0 to 2.0.0, holding back 2.1.0\n"
            "would roll back fraud in staging from 1.1.0 to 1.0.0, holding back 1.1.0\n"
            f"  writes    {STAGES}/staging/churn.yaml\n"
            f"  writes    {STAGES}/staging/fraud.yaml\n"
            "nothing was written\n",
            "",
        )
    before = two.registry.head

    assert two.run(*words, "--commit").code == 0

    assert two.registry.git("rev-parse", "HEAD~1") == before
    assert two.registry.git("log", "-1", "--format=%B") == (
        "Roll back churn and fraud in staging\n\nthe feed was cut off\n\n"
        "- churn in staging from 2.1.0 to 2.0.0, holding back 2.1.0\n"
        "- fraud in staging from 1.1.0 to 1.0.0, holding back 1.1.0\n"
    )
    assert two.run("validate", "--base", "HEAD~1").code == 0


def test_where_one_cannot_go_none_goes(two: Scene) -> None:
    with unchanged(two.registry):
        assert two.run("demote", "churn", "fraud", "--from", "production", "--commit") == Ran(
            1, "", "modelyard: no version of 'churn' is in production\n    hint: it is in staging\n"
        )
        assert two.run("rollback", "*", "--stage", "staging", "--to", "1.0.0", "--reason", "x") == Ran(
            2,
            "",
            "modelyard: 1.0.0 is a version of one model, and 2 models are meant\n"
            "    hint: name one model, or leave the version out\n",
        )


def test_a_stage_is_emptied(two: Scene) -> None:
    ran = two.run("demote", "*", "--from", "staging", "--commit")
    assert ran.out.startswith(
        "demoted churn from staging, where 2.1.0 was\ndemoted fraud from staging, where 1.1.0 was\n"
    )
    assert not (two.registry.path / STAGES / "staging").exists()
    assert two.run("validate", "--base", "HEAD~1").code == 0


def test_a_list_of_versions_is_yanked(two: Scene) -> None:
    assert two.run("demote", "*", "--from", "staging", "--commit").code == 0
    listed = two.path / "leaked.txt"
    listed.write_text("churn@2.0.0\nchurn@2.1.0  # the same data\n")

    ran = two.run("yank", "fraud@1.1.0", "--from-file", listed, "--reason", "leaked labels", "--branch")

    assert ran.out.splitlines()[:4] == [
        "yanked fraud@1.1.0",
        "yanked churn@2.0.0",
        "yanked churn@2.1.0",
        "  committed on branch yank/fraud-1.1.0-and-2-more as "
        + two.registry.git("rev-parse", "yank/fraud-1.1.0-and-2-more")[:12],
    ]
    two.merge("yank/fraud-1.1.0-and-2-more")
    assert two.run("validate", "--base", "HEAD~1").code == 0
    assert two.run("resolve", "churn@latest").code == 2
    assert two.run("yank", "--undo", "--from-file", listed, "--commit").code == 0
    assert two.run("resolve", "churn@latest").out == "churn@2.1.0\n"


def test_a_team_takes_over_and_another_one_stops(two: Scene) -> None:
    assert two.run("transfer", "*", "--to", "@example/risk", "--commit").out.startswith(
        "transferred churn to @example/risk, from carl@example.org\n"
        "transferred fraud to @example/risk, from carl@example.org\n"
    )
    assert two.registry.git("log", "-1", "--format=%s") == "Transfer churn and fraud to @example/risk"
    assert two.run("deprecate", "*", "--reason", "replaced", "--commit").code == 0
    assert two.run("validate", "--base", "HEAD~1").code == 0
    assert two.registry.git("diff", "--name-only", "HEAD~1").split() == [f"{MODELS}/churn.yaml", f"{MODELS}/fraud.yaml"]


def test_the_same_from_python(two: Scene) -> None:
    registry = modelyard.Registry()
    proposed = registry.rollback("*", stage="staging", reason="x", dry_run=True)
    assert [deed.name for deed in proposed.edits.deeds] == ["churn", "fraud"]
    assert registry.demote("churn", "fraud", stage="staging", branch="HEAD").branch == "main"
    assert len(registry.yank("churn@2.0.0", "churn@2.1.0", reason="x", dry_run=True).edits.deeds) == 2
    assert len(registry.deprecate("*", reason="x", dry_run=True).edits.deeds) == 2
    assert len(registry.transfer("*", to=["@example/risk"], dry_run=True).edits.deeds) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("demote", "--from", "staging"), "no model is named\n    hint: modelyard demote NAME --from staging\n"),
        (
            ("rollback", "--stage", "staging", "--reason", "x"),
            "no model is named\n    hint: modelyard rollback NAME --stage staging --reason TEXT\n",
        ),
        (("yank", "--reason", "x"), "no version is named\n    hint: modelyard yank NAME@VERSION --reason TEXT\n"),
        (("deprecate", "--reason", "x"), "no model is named\n    hint: modelyard deprecate NAME --reason TEXT\n"),
        (
            ("deprecate", "a b*"),
            "a model is deprecated for a reason\n    hint: modelyard deprecate 'a b*' --reason TEXT\n",
        ),
        (("transfer", "--to", "x"), "no model is named\n    hint: modelyard transfer NAME --to OWNER\n"),
        (
            ("demote", "*", "--from", "stagin"),
            "the policy knows no stage 'stagin'\n    hint: did you mean --from staging?\n",
        ),
    ],
)
def test_wrong_usage(merged: Scene, words: tuple[str, ...], message: str) -> None:
    with unchanged(merged.registry):
        assert merged.run(*words) == Ran(2, "", f"modelyard: {message}")
