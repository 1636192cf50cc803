"""Steps back: a roll back to what served before, its bytes made sure of first, and a model that leaves a stage."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from support.registry import Ran, Scene, unchanged

STAGING = "model_registry/stages/staging/fraud.yaml"
PRODUCTION = "model_registry/stages/production/fraud.yaml"
WORDS = ("rollback", "fraud", "--stage", "production", "--reason", "rejects cards from Malta")


@pytest.fixture
def regretted(merged: Scene) -> Scene:
    """Merge fraud@1.1.0 into staging and production, in the place of 1.0.0."""
    for stage in ("staging", "production"):
        assert merged.run("promote", "fraud@1.1.0", "--to", stage, "--branch").code == 0
        merged.merge(f"promote/fraud-1.1.0-to-{stage}")
    return merged


def emptied(directory: Path) -> None:
    shutil.rmtree(directory)
    directory.mkdir()


def test_the_version_that_served_before_comes_back(regretted: Scene) -> None:
    ran = regretted.run(*WORDS, "--branch")

    git = regretted.registry.git
    branch = "rollback/fraud-1.0.0-in-production"
    assert ran == Ran(
        0,
        "rolled back fraud in production from 1.1.0 to 1.0.0, holding back 1.1.0\n"
        f"  committed on branch {branch} as {git('rev-parse', branch)[:12]}\n"
        f"  holds     {PRODUCTION}\n"
        "\n"
        "next:\n"
        f"  git push -u origin {branch}\n"
        "  open a pull request from that branch\n",
        "",
    )
    assert git("log", "-1", "--format=%B", branch) == (
        "Roll back fraud in production to 1.0.0\n\nrejects cards from Malta\n"
    )
    regretted.merge(branch)
    assert regretted.run("validate", "--base", "HEAD~1").code == 0
    assert regretted.run("resolve", "fraud@production").out == "fraud@1.0.0\n"


def test_what_was_rolled_back_is_not_promoted_again_by_accident(regretted: Scene) -> None:
    regretted.run(*WORDS)
    regretted.commit("Roll back")
    assert regretted.decided(PRODUCTION) == (
        "schema_version: 1\nversion: 1.0.0\nreason: rejects cards from Malta\n"
        "held:\n  1.1.0: rejects cards from Malta\n"
    )

    with unchanged(regretted.registry):
        again = regretted.run("promote", "--all-in", "staging", "--to", "production")
    assert again == Ran(
        1,
        f"{PRODUCTION}:2:10: error MY607 fraud@1.1.0 is held: rejects cards from Malta\n"
        "    hint: promote another version; or add --release-hold, once that is mended\n"
        "refused: 1 problem\n",
        "modelyard: fraud@1.1.0 in production was refused by the gate, and nothing was written\n",
    )
    assert regretted.run("promote", "fraud@1.1.0", "--to", "production", "--release-hold").code == 0


def test_a_roll_back_of_a_roll_back_finds_nothing_that_it_held(regretted: Scene) -> None:
    regretted.run(*WORDS)
    regretted.commit("Roll back")

    with unchanged(regretted.registry):
        assert regretted.run(*WORDS) == Ran(
            1,
            "",
            "modelyard: nothing served in production before fraud@1.0.0 that could come back\n"
            "    hint: fraud@1.1.0 is held: rejects cards from Malta\n",
        )


def test_a_challenger_is_taken_out_again(merged: Scene) -> None:
    for words in (("fraud@1.1.0", "--to", "staging"), ("fraud@1.0.0", "--to", "production", "--traffic", "1.1.0=10")):
        assert merged.run("promote", *words).code == 0
        merged.commit(" ".join(words))

    assert merged.run(*WORDS).out.startswith("rolled back fraud in production to 1.0.0 alone, holding back 1.1.0\n")
    assert merged.decided(PRODUCTION) == (
        "schema_version: 1\nversion: 1.0.0\nreason: rejects cards from Malta\n"
        "held:\n  1.1.0: rejects cards from Malta\n"
    )


def test_bytes_that_are_nowhere_stop_a_roll_back(regretted: Scene) -> None:
    emptied(regretted.storage)
    emptied(regretted.cache)

    with unchanged(regretted.registry):
        ran = regretted.run(*WORDS)

    assert (ran.code, ran.out) == (3, "")
    message, hint = ran.err.splitlines()
    assert message.startswith("modelyard: the bytes of fraud@1.0.0 are not to be had: object ")
    assert message.endswith(
        " of 'model.joblib' is not in remote 'storage' (SCENE/models-storage), and they are not in the cache"
    )
    assert hint == "    hint: run `modelyard push` where they are, or name another version: --to VERSION"


def test_bytes_that_only_the_cache_has_are_remarked_on(regretted: Scene) -> None:
    emptied(regretted.storage)

    ran = regretted.run(*WORDS, "--dry-run")

    assert (ran.code, ran.err) == (0, "")
    would, note, *_rest = ran.out.splitlines()
    assert would == "would roll back fraud in production from 1.1.0 to 1.0.0, holding back 1.1.0"
    assert note.startswith("  note      the bytes of fraud@1.0.0 are in the cache of this clone alone: object ")


def test_bytes_that_only_the_remote_has_will_do(regretted: Scene) -> None:
    emptied(regretted.cache)
    ran = regretted.run(*WORDS)
    assert (ran.code, ran.err) == (0, "")
    assert "note" not in ran.out


def test_bytes_in_the_cache_are_not_believed_by_their_name(regretted: Scene) -> None:
    emptied(regretted.storage)
    for path in regretted.cache.rglob("*"):
        if path.is_file():
            size = path.stat().st_size
            path.chmod(0o644)
            path.write_bytes(b"x" * size)

    assert regretted.run(*WORDS).code == 3


def test_a_roll_back_needs_the_history(regretted: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    regretted.push()
    clone = tmp_path / "clone"
    regretted.origin.git("clone", "--quiet", "--depth=1", f"file://{regretted.origin.path}", str(clone))
    monkeypatch.chdir(clone)

    assert regretted.run(*WORDS) == Ran(
        3,
        "",
        f"modelyard: the history of '{PRODUCTION}' is cut off in this shallow clone\n    hint: git fetch --unshallow\n",
    )


def test_a_roll_back_without_a_reason_is_wrong_usage(regretted: Scene) -> None:
    assert regretted.run("rollback", "fraud", "--stage", "production").code == 2


def test_a_model_leaves_a_stage(merged: Scene) -> None:
    ran = merged.run("demote", "fraud", "--from", "production", "--reason", "no customers left")

    assert ran == Ran(
        0,
        "demoted fraud from production, where 1.0.0 was\n"
        f"  removed   {PRODUCTION}\n"
        "\n"
        "next:\n"
        "  git switch -c demote/fraud-from-production\n"
        f"  git add {PRODUCTION}\n"
        '  git commit -m "Demote fraud from production"\n'
        "  git push -u origin HEAD\n"
        "  open a pull request from that branch\n",
        "",
    )
    for step in ran.out.splitlines()[4:7]:
        if "commit" not in step:
            merged.registry.git(*step.split()[1:])
    assert merged.registry.git("status", "--porcelain") == f"D  {PRODUCTION}"
    assert not (merged.registry.path / PRODUCTION).parent.exists()
    merged.commit()
    assert merged.run("validate", "--base", "HEAD~1").code == 0
    assert "no version of 'fraud' is in production" in merged.run("resolve", "fraud@production").err


def test_a_branch_holds_a_demotion(merged: Scene) -> None:
    ran = merged.run("demote", "fraud", "--from", "production", "--branch", "--format", "json")

    told = json.loads(ran.out)
    assert told["removed"] == [PRODUCTION]
    assert told["deeds"] == [
        {"action": "demote", "name": "fraud", "version": None, "stage": "production", "replaced": "1.0.0"}
    ]
    assert merged.registry.git("diff", "--name-status", "main", told["branch"]) == f"D\t{PRODUCTION}"
    assert merged.registry.git("status", "--porcelain") == ""


def test_a_stage_goes_back_to_a_version_that_is_named(regretted: Scene) -> None:
    ran = regretted.run("demote", "fraud", "--from", "staging", "--to", "1.0.0")

    assert ran.out.startswith(f"demoted fraud in staging from 1.1.0 to 1.0.0\n  wrote     {STAGING}\n")
    assert regretted.decided(STAGING) == "schema_version: 1\nversion: 1.0.0\n"
