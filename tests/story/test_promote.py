from __future__ import annotations

from pathlib import Path

import pytest

from support.registry import Ran, Scene, unchanged

STAGING = "model_registry/stages/staging/fraud.yaml"
PRODUCTION = "model_registry/stages/production/fraud.yaml"


def gated(scene: Scene, *gate: str) -> None:
    """Give production one gate."""
    policy = scene.registry.path / "model_registry/registry.yaml"
    lines = "".join(f"        {line}\n" for line in gate).replace("        ", "      - ", 1)
    text = policy.read_text().replace("  - name: production\n", f"  - name: production\n    gates:\n{lines}")
    policy.write_text(text)
    scene.commit("Add a gate")


def promoted_to_staging(scene: Scene, version: str = "1.1.0") -> None:
    ran = scene.run("promote", f"fraud@{version}", "--to", "staging", "--branch")
    assert ran.code == 0, ran.err
    scene.merge(f"promote/fraud-{version}-to-staging")


def refused(scene: Scene, *words: str) -> Ran:
    with unchanged(scene.registry):
        return scene.run("promote", *words)


def test_a_promotion_stands_in_the_work_tree_and_says_what_to_do_next(merged: Scene) -> None:
    ran = merged.run("promote", "fraud@1.1.0", "--to", "staging", "--reason", "better on new customers")

    assert ran == Ran(
        0,
        "promoted fraud@1.1.0 to staging, replacing 1.0.0\n"
        f"  wrote     {STAGING}\n"
        "\n"
        "next:\n"
        "  git switch -c promote/fraud-1.1.0-to-staging\n"
        f"  git add {STAGING}\n"
        '  git commit -m "Promote fraud@1.1.0 to staging"\n'
        "  git push -u origin HEAD\n"
        "  open a pull request from that branch\n",
        "",
    )
    assert merged.registry.git("status", "--porcelain") == f" M {STAGING}"
    assert merged.decided(STAGING) == ("schema_version: 1\nversion: 1.1.0\nreason: better on new customers\n")
    merged.commit()
    assert merged.run("validate", "--base", "HEAD~1").code == 0
    assert merged.run("resolve", "fraud@staging").out == "fraud@1.1.0\n"


def test_a_branch_holds_the_promotion_and_why(merged: Scene) -> None:
    ran = merged.run("promote", "fraud@1.1.0", "--to", "staging", "--reason", "better", "--branch")

    git = merged.registry.git
    assert git("status", "--porcelain") == ""
    branch = "promote/fraud-1.1.0-to-staging"
    assert ran == Ran(
        0,
        "promoted fraud@1.1.0 to staging, replacing 1.0.0\n"
        f"  committed on branch {branch} as {git('rev-parse', branch)[:12]}\n"
        f"  holds     {STAGING}\n"
        "\n"
        "next:\n"
        f"  git push -u origin {branch}\n"
        "  open a pull request from that branch\n",
        "",
    )
    assert git("log", "-1", "--format=%B", branch) == "Promote fraud@1.1.0 to staging\n\nbetter\n"
    assert git("diff", "--name-only", "main", branch) == STAGING
    assert git("rev-parse", f"{branch}^") == merged.registry.head


def test_a_stage_is_not_skipped(merged: Scene) -> None:
    assert refused(merged, "fraud@1.1.0", "--to", "production") == Ran(
        1,
        f"{PRODUCTION}:2:10: error MY609 fraud@1.1.0 was never in staging, and production takes versions from there\n"
        "    hint: modelyard promote fraud@1.1.0 --to staging\n"
        "refused: 1 problem\n",
        "modelyard: fraud@1.1.0 in production was refused by the gate, and nothing was written\n",
    )
    assert refused(merged, "fraud@1.1.0", "--to", "production", "--branch").code == 1


def test_comments_and_order_of_a_stages_document_stay(merged: Scene) -> None:
    document = merged.registry.path / STAGING
    document.write_text(
        "# Staging of fraud: ask the fraud desk first.\n"
        "version: 1.0.0  # since March\n"
        "schema_version: 1\n"
        "reason: first\n"
        "# Below: what must not come back.\n"
        "held:\n"
        "  0.9.0: leaked labels  # incident 12\n"
    )
    merged.commit("Say more")

    assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--reason", "second").code == 0

    assert merged.decided(STAGING) == (
        "# Staging of fraud: ask the fraud desk first.\n"
        "version: 1.1.0  # since March\n"
        "schema_version: 1\n"
        "reason: second\n"
        "# Below: what must not come back.\n"
        "held:\n"
        "  0.9.0: leaked labels  # incident 12\n"
    )


def test_changes_that_are_not_committed_are_not_written_over(merged: Scene) -> None:
    document = merged.registry.path / STAGING
    document.write_text(document.read_text() + "# Not committed yet.\n")

    ran = refused(merged, "fraud@1.1.0", "--to", "staging")

    assert ran == Ran(
        1,
        "",
        f"modelyard: {STAGING} has changes that are not committed\n"
        f"    hint: git stash push --include-untracked -- {STAGING}\n",
    )
    assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--branch").code == 0


def test_a_version_that_is_there_already(merged: Scene) -> None:
    assert refused(merged, "fraud@1.0.0", "--to", "staging") == Ran(
        1, "", "modelyard: fraud@1.0.0 is in staging already\n    hint: modelyard show fraud@staging\n"
    )


def test_an_unknown_version_and_an_unknown_model(merged: Scene) -> None:
    assert refused(merged, "fraud@9.0.0", "--to", "staging") == Ran(
        2,
        "",
        "modelyard: fraud@9.0.0 is not registered in the last commit\n    hint: registered: fraud@1.0.0, fraud@1.1.0\n",
    )
    assert refused(merged, "frod@1.0.0", "--to", "staging") == Ran(
        2, "", "modelyard: frod@1.0.0 is not registered in the last commit\n    hint: registered: fraud\n"
    )


def test_a_version_that_is_not_merged_cannot_be_promoted(merged: Scene) -> None:
    assert merged.register("--version", "1.2.0").code == 0

    assert refused(merged, "fraud@1.2.0", "--to", "staging").err == (
        "modelyard: fraud@1.2.0 lies in the work tree, but in no commit yet\n"
        '    hint: git add model_registry && git commit -m "Register fraud@1.2.0"\n'
    )


def test_a_yanked_version_is_in_no_stage(merged: Scene) -> None:
    document = merged.registry.path / "model_registry/models/fraud.yaml"
    document.write_text(document.read_text() + "yanked:\n  1.1.0: wrong units\n")
    merged.commit("Yank fraud@1.1.0")

    assert refused(merged, "fraud@1.1.0", "--to", "staging") == Ran(
        1,
        f"{STAGING}:2:10: error MY606 fraud@1.1.0 was yanked: wrong units\n"
        "    hint: promote another version\n"
        "refused: 1 problem\n",
        "modelyard: fraud@1.1.0 in staging was refused by the gate, and nothing was written\n",
    )


def test_a_gate_is_kept_by_the_bound_that_the_rows_prove(merged: Scene) -> None:
    promoted_to_staging(merged)
    gated(merged, "metric: accuracy", "at_least: 0.91")

    ran = merged.run("promote", "fraud@1.1.0", "--to", "production")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("promoted fraud@1.1.0 to production, replacing 1.0.0\n")


def test_a_gate_that_is_not_kept_shows_its_figures(merged: Scene) -> None:
    promoted_to_staging(merged)
    gated(merged, "metric: accuracy", "at_least: 0.92")

    ran = refused(merged, "fraud@1.1.0", "--to", "production")

    assert ran == Ran(
        1,
        f"{PRODUCTION}:2:10: error MY610 fraud@1.1.0 does not keep the gate accuracy >= 0.92: "
        "measured 0.93, lower bound 0.9125 (Wilson 95%, n = 1000)\n"
        "    hint: modelyard show fraud@1.1.0\n"
        "refused: 1 problem\n",
        "modelyard: fraud@1.1.0 in production was refused by the gate, and nothing was written\n",
    )


def test_a_gate_that_only_a_point_keeps_is_a_warning(merged: Scene) -> None:
    ran = merged.register("--version", "1.2.0", "--branch", "--metrics", "accuracy=0.93")
    assert ran.code == 0
    merged.merge("register/fraud-1.2.0")
    promoted_to_staging(merged, "1.2.0")
    gated(merged, "metric: accuracy", "at_least: 0.92")

    ran = merged.run("promote", "fraud@1.2.0", "--to", "production")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        f"{PRODUCTION}:2:10: warning MY611 fraud@1.2.0 keeps by its point alone the gate accuracy >= 0.92: "
        "measured 0.93, and nothing says on how many rows or how surely\n"
        "    hint: modelyard show fraud@1.2.0\n"
        "promoted fraud@1.2.0 to production, replacing 1.0.0\n"
    )


def test_a_rollback_needs_no_second_time_in_staging(merged: Scene) -> None:
    promoted_to_staging(merged)
    merged.run("promote", "fraud@1.1.0", "--to", "production", "--branch")
    merged.merge("promote/fraud-1.1.0-to-production")

    ran = merged.run("promote", "fraud@1.0.0", "--to", "production", "--reason", "1.1.0 times out")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("promoted fraud@1.0.0 to production, replacing 1.1.0\n")
    merged.commit("Roll back")
    assert merged.run("validate", "--base", "HEAD~1").code == 0


def test_what_only_a_merged_branch_held_for_a_while_was_in_no_stage(merged: Scene) -> None:
    git = merged.registry.git
    git("switch", "--quiet", "--create", "to-and-fro")
    for version in ("1.1.0", "1.0.0"):
        (merged.registry.path / STAGING).write_text(f"schema_version: 1\nversion: {version}\n")
        merged.commit(f"Stage {version}")
    git("switch", "--quiet", "main")
    merged.merge("to-and-fro")

    assert "MY609 fraud@1.1.0 was never in staging" in refused(merged, "fraud@1.1.0", "--to", "production").out


def test_a_shallow_clone_cannot_tell(merged: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    promoted_to_staging(merged)
    merged.run("promote", "fraud@1.1.0", "--to", "production", "--branch")
    merged.merge("promote/fraud-1.1.0-to-production")
    merged.push()
    clone = tmp_path / "clone"
    merged.origin.git("clone", "--quiet", "--depth=1", f"file://{merged.origin.path}", str(clone))
    monkeypatch.chdir(clone)

    assert merged.run("promote", "fraud@1.0.0", "--to", "production") == Ran(
        3,
        "",
        f"modelyard: the history of '{STAGING}' is cut off in this shallow clone\n    hint: git fetch --unshallow\n",
    )


def test_what_stands_on_its_branch_already_is_said_and_not_refused(merged: Scene) -> None:
    words = ("promote", "fraud@1.1.0", "--to", "staging", "--branch")
    assert merged.run(*words).code == 0
    branch = "promote/fraud-1.1.0-to-staging"
    commit = merged.registry.git("rev-parse", branch)
    with unchanged(merged.registry):
        again = merged.run(*words)
    assert (again.code, again.err) == (0, "")
    assert again.out.splitlines()[:3] == [
        "promoted fraud@1.1.0 to staging, replacing 1.0.0",
        f"  stands already on branch {branch} as {commit[:12]}",
        f"  holds     {STAGING}",
    ]
    with unchanged(merged.registry):
        other = merged.run("promote", "fraud@1.1.0", "--to", "staging", "--reason", "another", "--branch")
    assert (other.code, other.err.splitlines()[0]) == (1, f"modelyard: branch '{branch}' exists already")
