"""Versions that leave the registry for good, by name and by the policy, with real Git and DVC."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import modelyard
from support.registry import Ran, Scene, unchanged

DOCUMENT = "model_registry/models/fraud.yaml"
ARCHIVE = "model_registry/archive/fraud.jsonl"


@pytest.fixture
def grown(merged: Scene) -> Scene:
    """Merge fraud@1.2.0 to 1.5.0 beside 1.0.0, which serves everywhere, and 1.1.0; two newest are to stay."""
    for version in ("1.2.0", "1.3.0", "1.4.0", "1.5.0"):
        ran = merged.register("--version", version, "--branch", "--metrics", f"accuracy=0.9{version[2]}")
        assert ran.code == 0, ran.err
        merged.merge(f"register/fraud-{version}")
    policy = merged.registry.path / "model_registry/registry.yaml"
    policy.write_text(f"{policy.read_text()}\nretention:\n  newest: 2\n")
    merged.commit("Keep two versions of each model")
    return merged


def test_a_version_leaves_the_registry_and_never_comes_back(merged: Scene) -> None:
    tree = merged.registry.git("rev-parse", "HEAD:model_registry/fraud-1.1.0")

    ran = merged.run("retire", "fraud@1.1.0", "--reason", "nobody uses it", "--branch")

    branch = "retire/fraud-1.1.0"
    git = merged.registry.git
    assert ran == Ran(
        0,
        "retired fraud@1.1.0\n"
        f"  committed on branch {branch} as {git('rev-parse', branch)[:12]}\n"
        f"  holds     {DOCUMENT}\n"
        f"  holds     {ARCHIVE}\n"
        "  removes   model_registry/fraud-1.1.0\n"
        "\n"
        "next:\n"
        f"  git push -u origin {branch}\n"
        "  open a pull request from that branch\n",
        "",
    )
    merged.merge(branch)
    assert merged.run("validate", "--base", "HEAD~1").code == 0
    assert not merged.version("fraud-1.1.0").exists()
    assert (
        (merged.registry.path / DOCUMENT)
        .read_text()
        .endswith(f"retired:\n  1.1.0:\n    reason: nobody uses it\n    tree: {tree}\n")
    )
    figures = json.loads((merged.registry.path / ARCHIVE).read_text())
    assert (figures["version"], figures["tree"], figures["metrics"]) == ("1.1.0", tree, {"accuracy": 0.93})
    assert merged.run("resolve", "fraud@latest").out == "fraud@1.0.0\n"
    again = merged.register("--version", "1.1.0")
    assert again.err == (
        "modelyard: fraud@1.1.0 was retired (nobody uses it) and is never registered again\n"
        "    hint: choose a new version number\n"
    )
    # The tree that the tombstone names is still there, in the history.
    assert merged.registry.git("cat-file", "-t", tree) == "tree"


def test_a_retirement_in_the_work_tree_is_staged_as_it_says(merged: Scene) -> None:
    merged.run("pull", "fraud@1.1.0")
    assert (merged.version("fraud-1.1.0") / "model.joblib").exists()

    ran = merged.run("retire", "fraud@1.1.0", "--reason", "nobody uses it")

    assert "  removed   model_registry/fraud-1.1.0\n" in ran.out
    add = next(line for line in ran.out.splitlines() if line.startswith("  git add "))
    assert add == f"  git add {ARCHIVE} model_registry/fraud-1.1.0 {DOCUMENT}"
    assert not merged.version("fraud-1.1.0").exists()
    merged.registry.git(*add.split()[1:])
    merged.registry.git("commit", "--quiet", "--no-verify", "--message", "Retire")
    assert merged.registry.git("status", "--porcelain") == ""
    assert merged.run("validate", "--base", "HEAD~1").code == 0


def test_what_is_not_committed_is_not_taken_away(merged: Scene) -> None:
    (merged.version("fraud-1.1.0") / "notes.txt").write_text("mine\n")
    with unchanged(merged.registry):
        assert merged.run("retire", "fraud@1.1.0", "--reason", "x") == Ran(
            1,
            "",
            "modelyard: model_registry/fraud-1.1.0 has changes that are not committed\n"
            "    hint: git stash push --include-untracked -- model_registry/fraud-1.1.0\n",
        )


def test_a_version_that_serves_is_not_retired(merged: Scene) -> None:
    with unchanged(merged.registry):
        assert merged.run("retire", "fraud@1.1.0", "fraud@1.0.0", "--reason", "x") == Ran(
            1,
            "",
            "modelyard: fraud@1.0.0 serves in production\n"
            "    hint: modelyard rollback fraud --stage production --reason TEXT; "
            "or modelyard demote fraud --from production\n",
        )


def test_the_policy_lets_go_of_what_nobody_needs_and_first_says_what(grown: Scene) -> None:
    with unchanged(grown.registry):
        plan = grown.run("retire", "--policy")
    assert plan == Ran(
        0,
        "would retire fraud@1.1.0\n"
        "would retire fraud@1.2.0\n"
        "would retire fraud@1.3.0\n"
        "  left out  fraud@1.0.0: it serves in production\n"
        f"  writes    {DOCUMENT}\n"
        f"  writes    {ARCHIVE}\n"
        "  removes   model_registry/fraud-1.1.0\n"
        "  removes   model_registry/fraud-1.2.0\n"
        "  removes   model_registry/fraud-1.3.0\n"
        "nothing was written\n",
        "",
    )

    assert grown.run("retire", "--policy", "--yes", "--branch").code == 0
    grown.merge("retire/fraud-1.1.0-and-2-more")
    assert grown.run("validate", "--base", "HEAD~1").code == 0
    assert grown.run("validate").out == "passed: no problems, 3 model versions judged\n"
    assert [json.loads(line)["version"] for line in (grown.registry.path / ARCHIVE).read_text().splitlines()] == [
        "1.1.0",
        "1.2.0",
        "1.3.0",
    ]
    again = grown.run("retire", "--policy", "fraud", "--yes")
    assert again == Ran(0, "nothing to do\n  left out  fraud@1.0.0: it serves in production\nnothing was written\n", "")


def test_what_a_roll_back_would_go_to_stays(grown: Scene) -> None:
    for version in ("1.2.0", "1.5.0"):
        for stage in ("staging", "production"):
            assert grown.run("promote", f"fraud@{version}", "--to", stage).code == 0
            grown.commit(f"Promote {version} to {stage}")

    plan = grown.run("retire", "--policy", "fr*").out

    assert plan.splitlines()[:4] == [
        "would retire fraud@1.0.0",
        "would retire fraud@1.1.0",
        "would retire fraud@1.3.0",
        "  left out  fraud@1.2.0: a roll back of production would go to it",
    ]
    grown.run("retire", "--policy", "--yes")
    grown.commit("Retire")
    assert grown.run("rollback", "fraud", "--stage", "production", "--reason", "slow").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no version is named\n    hint: modelyard retire NAME@VERSION --reason TEXT, or --policy\n"),
        (
            ("fraud@1.1.0",),
            "a version is retired for a reason\n    hint: modelyard retire fraud@1.1.0 --reason TEXT\n",
        ),
        (("--policy", "frod"), "there is no model 'frod'\n    hint: models here: fraud\n"),
        (("--policy", "x*"), "no model here has a name like 'x*'\n    hint: models here: fraud\n"),
    ],
)
def test_wrong_usage(merged: Scene, words: tuple[str, ...], message: str) -> None:
    assert merged.run("retire", *words) == Ran(2, "", f"modelyard: {message}")


def test_a_policy_that_keeps_everything(merged: Scene) -> None:
    assert merged.run("retire", "--policy") == Ran(
        2,
        "",
        "modelyard: the policy does not say how many versions of a model stay\n"
        "    hint: write `retention: {newest: 5}` into model_registry/registry.yaml\n",
    )


def test_retention_needs_the_history(grown: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown.push()
    clone = tmp_path / "clone"
    grown.origin.git("clone", "--quiet", "--depth=1", f"file://{grown.origin.path}", str(clone))
    monkeypatch.chdir(clone)

    assert grown.run("retire", "--policy").code == 3


def test_the_same_from_python(grown: Scene) -> None:
    registry = modelyard.Registry()
    with unchanged(grown.registry):
        plan = registry.retire_by_policy()
    assert [str(deed.version) for deed in plan.edits.deeds] == ["1.1.0", "1.2.0", "1.3.0"]
    assert registry.retire("fraud@1.2.0", reason="old", branch="").branch == "retire/fraud-1.2.0"
    assert registry.retire_by_policy("fraud", dry_run=False).written
    assert not registry.retire_by_policy("fraud", reason="tidy").written
