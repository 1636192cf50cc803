"""Promotions that are more than one version into one stage: shares, several models, patterns, plans."""

from __future__ import annotations

import json

import pytest

from support.registry import Ran, Scene, unchanged

STAGING = "model_registry/stages/staging/fraud.yaml"
PRODUCTION = "model_registry/stages/production/fraud.yaml"
CHURN = "model_registry/stages/staging/churn.yaml"


@pytest.fixture
def two(merged: Scene) -> Scene:
    """Merge a second model, in no stage yet, beside fraud."""
    ran = merged.register("--version", "2.0.0", "--branch", "--n", "1000", name="churn")
    assert ran.code == 0, ran.err
    merged.merge("register/churn-2.0.0")
    return merged


def test_a_challenger_gets_a_tenth_of_the_traffic(merged: Scene) -> None:
    merged.run("promote", "fraud@1.1.0", "--to", "staging", "--branch")
    merged.merge("promote/fraud-1.1.0-to-staging")

    ran = merged.run("promote", "fraud@1.0.0", "--to", "production", "--traffic", "1.1.0=10", "--branch")

    branch = "promote/fraud-1.0.0-to-production-with-1.1.0"
    assert ran == Ran(
        0,
        "promoted fraud@1.0.0 to production, with 90% of the traffic beside 1.1.0 with 10%\n"
        f"  committed on branch {branch} as {merged.registry.git('rev-parse', branch)[:12]}\n"
        f"  holds     {PRODUCTION}\n"
        "\n"
        "next:\n"
        f"  git push -u origin {branch}\n"
        "  open a pull request from that branch\n",
        "",
    )
    merged.merge(branch)
    assert merged.decided(PRODUCTION) == ("schema_version: 1\nversion: 1.0.0\ntraffic:\n  1.0.0: 90\n  1.1.0: 10\n")
    assert merged.run("validate", "--base", "HEAD~1").code == 0
    assert "production 10%" in merged.run("list", "fraud").out
    assert merged.run("resolve", "fraud@challenger").out == "fraud@1.1.0\n"
    won = merged.run("promote", "fraud@challenger", "--to", "production", "--dry-run")
    assert won.out.startswith("would promote fraud@1.1.0 to production, replacing 1.0.0\n")


def test_a_challenger_is_judged_as_a_champion_is(merged: Scene) -> None:
    with unchanged(merged.registry):
        ran = merged.run("promote", "fraud@1.0.0", "--to", "production", "--traffic", "1.1.0=10")
    assert ran == Ran(
        1,
        f"{PRODUCTION}:5:10: error MY609 fraud@1.1.0 was never in staging, and production takes versions from there\n"
        "    hint: modelyard promote fraud@1.1.0 --to staging\n"
        "refused: 1 problem\n",
        "modelyard: fraud@1.0.0 in production was refused by the gate, and nothing was written\n",
    )


@pytest.mark.parametrize("word", ["1.1.0", "1.1.0=", "=10", "1.1.0=ten", "1.1.0=1e1", "1.1.0=-1", "1.1.0=1000"])
def test_a_share_that_is_none(merged: Scene, word: str) -> None:
    assert merged.run("promote", "fraud@1.0.0", "--to", "production", "--traffic", word) == Ran(
        2,
        "",
        f"modelyard: --traffic '{word}' is not VERSION=PERCENT in whole percents\n    hint: --traffic 1.2.0=10\n",
    )


def test_two_models_go_to_a_stage_in_one_commit(two: Scene) -> None:
    ran = two.run("promote", "fraud@1.1.0", "--with", "churn@2.0.0", "--to", "staging", "--reason", "May", "--branch")

    branch = "promote/fraud-1.1.0-and-1-more-to-staging"
    git = two.registry.git
    assert ran == Ran(
        0,
        "promoted fraud@1.1.0 to staging, replacing 1.0.0\n"
        "promoted churn@2.0.0 to staging\n"
        f"  committed on branch {branch} as {git('rev-parse', branch)[:12]}\n"
        f"  holds     {STAGING}\n"
        f"  holds     {CHURN}\n"
        "\n"
        "next:\n"
        f"  git push -u origin {branch}\n"
        "  open a pull request from that branch\n",
        "",
    )
    assert git("log", "-1", "--format=%B", branch) == (
        "Promote fraud@1.1.0 and churn@2.0.0 to staging\n\nMay\n\n"
        "- fraud@1.1.0 to staging, replacing 1.0.0\n- churn@2.0.0 to staging\n"
    )
    assert git("diff", "--name-only", "main", branch).split() == [CHURN, STAGING]


def test_where_one_of_several_is_refused_none_is_promoted(two: Scene) -> None:
    listed = two.path / "release.txt"
    listed.write_text("fraud@1.0.0  # there since March\nchurn@2.0.0\n")
    with unchanged(two.registry):
        ran = two.run("promote", "--from-file", listed, "--to", "production")
    assert ran == Ran(
        1, "", "modelyard: fraud@1.0.0 is in production already\n    hint: modelyard show fraud@production\n"
    )

    listed.write_text("fraud@1.1.0\nchurn@2.0.0\n")
    with unchanged(two.registry):
        ran = two.run("promote", "--from-file", listed, "--to", "production")
    title = "Promote fraud@1.1.0 and churn@2.0.0 to production"
    assert (ran.code, ran.err) == (1, f"modelyard: '{title}' was refused by the gate, and nothing was written\n")
    assert ran.out.count("MY609") == 2


def test_all_that_is_in_a_stage_is_planned_first(two: Scene) -> None:
    two.run("promote", "*@latest", "--to", "staging", "--branch", "next")
    two.merge("next")

    with unchanged(two.registry):
        plan = two.run("promote", "--all-in", "staging", "--to", "production", "--dry-run")

    assert plan == Ran(
        0,
        "would promote churn@2.0.0 to production\n"
        "would promote fraud@1.1.0 to production, replacing 1.0.0\n"
        "  writes    model_registry/stages/production/churn.yaml\n"
        f"  writes    {PRODUCTION}\n"
        "nothing was written\n",
        "",
    )
    assert two.run("promote", "--all-in", "staging", "--to", "production", "--branch", "release").code == 0
    two.merge("release")
    with unchanged(two.registry):
        again = two.run("promote", "--all-in", "staging", "--to", "production")
    assert again == Ran(
        2,
        "",
        "modelyard: nothing is left to promote to production\n"
        "    hint: churn@2.0.0 is in production already; fraud@1.1.0 is in production already\n",
    )


def test_what_a_pattern_leaves_out_is_said(two: Scene) -> None:
    two.run("promote", "churn@2.0.0", "--to", "staging", "--branch")
    two.merge("promote/churn-2.0.0-to-staging")

    assert two.run("promote", "*@latest", "--to", "staging", "--dry-run").out == (
        "would promote fraud@1.1.0 to staging, replacing 1.0.0\n"
        "  left out  churn@2.0.0 is in staging already\n"
        f"  writes    {STAGING}\n"
        "nothing was written\n"
    )


def test_a_plan_for_programs(two: Scene) -> None:
    told = two.run("promote", "fraud@1.1.0", "--to", "staging", "--dry-run", "--format", "json")

    plan = json.loads(told.out)
    assert plan.pop("report")["refused"] is False
    assert plan == {
        "written": False,
        "title": "Promote fraud@1.1.0 to staging",
        "deeds": [{"action": "promote", "name": "fraud", "version": "1.1.0", "stage": "staging", "replaced": "1.0.0"}],
        "left_out": [],
        "remarks": [],
        "files": [STAGING],
        "removed": [],
        "branch": None,
        "commit": None,
    }


def test_a_refusal_for_programs(two: Scene) -> None:
    ran = two.run("promote", "fraud@1.1.0", "--to", "production", "--format", "json")

    refusal = json.loads(ran.out)
    assert ran.code == 1
    assert refusal["written"] is False
    assert [problem["code"] for problem in refusal["report"]["problems"]] == ["MY609"]
    assert ran.err == "modelyard: fraud@1.1.0 in production was refused by the gate, and nothing was written\n"


def test_nothing_to_promote_is_wrong_usage(two: Scene) -> None:
    assert two.run("promote", "--to", "staging") == Ran(
        2, "", "modelyard: no version is named\n    hint: modelyard promote NAME@VERSION --to staging\n"
    )
    absent = two.path / "absent.txt"
    assert two.run("promote", "--from-file", absent, "--to", "staging") == Ran(
        2,
        "",
        "modelyard: SCENE/absent.txt cannot be read: No such file or directory\n    hint: ls -l SCENE/absent.txt\n",
    )
    absent.write_bytes("fraud@1.1.0\n".encode("utf-16"))
    assert two.run("promote", "--from-file", absent, "--to", "staging") == Ran(
        2,
        "",
        "modelyard: SCENE/absent.txt, line 1: it is no text in UTF-8\n    hint: one name a line, or NAME@VERSION\n",
    )


def test_a_held_version_comes_back_when_its_hold_is_released(merged: Scene) -> None:
    document = merged.registry.path / STAGING
    document.write_text("schema_version: 1\nversion: 1.0.0\nheld:\n  1.1.0: slow\n")
    merged.commit("Hold 1.1.0")

    assert merged.run("promote", "fraud@1.1.0", "--to", "staging").code == 1
    assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--release-hold").code == 0

    assert merged.decided(STAGING) == "schema_version: 1\nversion: 1.1.0\n"


def test_a_promotion_is_committed_on_the_branch_that_is_checked_out(merged: Scene) -> None:
    git = merged.registry.git
    (merged.registry.path / "notes.txt").write_text("mine\n")
    git("add", "notes.txt")
    before = merged.registry.head

    ran = merged.run("promote", "fraud@1.1.0", "--to", "staging", "--reason", "May", "--commit")

    assert ran == Ran(
        0,
        "promoted fraud@1.1.0 to staging, replacing 1.0.0\n"
        f"  committed on branch main as {merged.registry.head[:12]}\n"
        f"  holds     {STAGING}\n"
        "\n"
        "next:\n"
        "  git push origin main\n",
        "",
    )
    assert git("rev-parse", "HEAD~1") == before
    assert git("log", "-1", "--format=%B") == "Promote fraud@1.1.0 to staging\n\nMay\n"
    assert git("status", "--porcelain") == "A  notes.txt"
    assert merged.run("resolve", "fraud@staging").out == "fraud@1.1.0\n"


def test_where_no_branch_is_checked_out_nothing_is_committed(merged: Scene) -> None:
    merged.registry.git("switch", "--quiet", "--detach")
    with unchanged(merged.registry):
        assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--commit") == Ran(
            1,
            "",
            "modelyard: no branch is checked out\n    hint: git switch BRANCH, or --branch for a new one\n",
        )


def test_without_a_remote_a_commit_has_no_next_step(merged: Scene) -> None:
    merged.registry.git("remote", "remove", "origin")
    assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--commit").out.endswith(f"  holds     {STAGING}\n")
    assert merged.run("retire", "fraud@1.1.0", "--reason", "x", "--commit").code == 1
    assert merged.run("demote", "fraud", "--from", "staging", "--commit").code == 0
    assert merged.run("retire", "fraud@1.1.0", "--reason", "x", "--commit").code == 0
    assert merged.registry.git("status", "--porcelain") == ""
    assert not merged.version("fraud-1.1.0").exists()


def test_a_change_goes_to_one_place(merged: Scene) -> None:
    words = ("promote", "fraud@1.1.0", "--to", "staging", "--commit")
    with unchanged(merged.registry):
        assert merged.run(*words, "--branch", "x") == Ran(
            2,
            "",
            "modelyard: --branch: not allowed with argument --commit\n    hint: modelyard promote --help\n",
        )
