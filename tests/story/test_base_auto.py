"""``validate --base auto``: against what a change is judged, in CI, on a desk, and where the base is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.registry import Ran, Scene
from support.repositories import Repository, run_git

HINT_DEEPEN = "git fetch --deepen=1"


@pytest.fixture(autouse=True)
def on_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


def branched(scene: Scene, version: str = "1.2.0") -> str:
    """Register a version on a branch, check it out, and return the commit it starts from."""
    start = scene.registry.git("rev-parse", "main")
    done = scene.register("--version", version, "--metrics", "accuracy=0.9", "--n", "100", "--branch", "work")
    assert done.code == 0, done.err
    scene.registry.git("switch", "--quiet", "work")
    return start


def judged(scene: Scene, *words: str) -> dict[str, Any]:
    ran = scene.run("validate", "--base", "auto", "--format", "json", *words)
    assert ran.code == 0, ran.err
    judgement: dict[str, Any] = json.loads(ran.out)
    return judgement


def moved_on(scene: Scene) -> str:
    """Give main a commit that the branch has not."""
    scene.registry.git("switch", "--quiet", "main")
    (scene.registry.path / "notes.txt").write_text("main has moved on\n")
    return scene.commit("Move on")


def test_a_branch_is_judged_from_where_it_left_main(merged: Scene) -> None:
    start = branched(merged)
    moved_on(merged)
    merged.registry.git("switch", "--quiet", "work")

    judgement = judged(merged)

    assert (judgement["base"], judgement["commit"]) == (start, merged.registry.head)
    assert judgement["versions"] == ["fraud@1.2.0"]


def test_another_head_can_be_named(merged: Scene) -> None:
    start = branched(merged)
    merged.registry.git("switch", "--quiet", "main")

    assert judged(merged, "--head", "work")["base"] == start


def test_the_branch_of_origin_comes_before_our_own(merged: Scene) -> None:
    start = branched(merged)
    merged.registry.git("branch", "--force", "main", "work")

    assert judged(merged)["base"] == start == merged.registry.git("rev-parse", "origin/main")


def test_main_itself_is_judged_against_the_commit_before(merged: Scene) -> None:
    assert judged(merged)["base"] == merged.registry.git("rev-parse", "main~1")


@pytest.mark.parametrize("value", ["true", "false", ""])
def test_no_service_is_believed_by_the_shape_of_a_commit(
    value: str, merged: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A branch can make a merge commit whose first parent is itself: it is what it changes that is judged."""
    start = branched(merged)
    moved_on(merged)
    merged.registry.git("checkout", "--quiet", "--detach", "work")
    merged.registry.git("merge", "--quiet", "--no-ff", "--no-edit", "main")
    monkeypatch.setenv("CI", value)

    assert judged(merged)["base"] == merged.registry.git("merge-base", "HEAD", "origin/main") == start
    assert judged(merged)["versions"] == ["fraud@1.2.0"]


def shallow(scene: Scene, depth: int, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return a shallow clone of the registry's origin, in which we then stand."""
    run_git(scene.path, "clone", "--quiet", f"--depth={depth}", scene.origin.path.as_uri(), "shallow")
    monkeypatch.chdir(scene.path / "shallow")
    return Repository(scene.path / "shallow")


def test_a_shallow_clone_without_the_base_could_not_finish(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    base = shallow(merged, 1, monkeypatch).git("cat-file", "-p", "HEAD").partition("parent ")[2][:12]

    for words in ((), ("--format", "json"), ("--format", "github")):
        assert merged.run("validate", "--base", "auto", *words) == Ran(
            3, "", f"modelyard: the base {base} is not in this shallow clone\n    hint: {HINT_DEEPEN}\n"
        )


def test_a_shallow_clone_of_main_has_its_base_at_depth_two(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    branched(merged)
    merged.registry.git("switch", "--quiet", "main")
    merged.merge("work")
    merged.push()
    shallow(merged, 2, monkeypatch)

    judgement = judged(merged)

    assert judgement["base"] == merged.registry.git("rev-parse", "main~1")
    assert judgement["versions"] == ["fraud@1.2.0"]


def test_a_shallow_branch_without_the_merge_base_could_not_finish(
    merged: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    branched(merged)
    merged.registry.git("push", "--quiet", "origin", "work")
    moved_on(merged)
    merged.push()
    clone = shallow(merged, 1, monkeypatch)
    clone.git("fetch", "--quiet", "--depth=1", "origin", "work:work")
    clone.git("switch", "--quiet", "work")
    clone.git("commit", "--quiet", "--allow-empty", "--message", "More")

    assert merged.run("validate", "--base", "auto") == Ran(
        3,
        "",
        "modelyard: the clone is too shallow to hold the merge base\n    hint: git fetch --unshallow\n",
    )


def test_the_first_commit_founds_the_registry(founded: Scene) -> None:
    assert founded.run("validate", "--base", "auto") == Ran(
        0,
        "the base has no registry yet: this change founds it, and its own policy judges it\n"
        f"judged: commit {founded.registry.head[:12]}, nothing was there before the first commit\n"
        "passed: no problems\n",
        "",
    )


def test_without_a_main_branch_the_base_has_to_be_named(merged: Scene) -> None:
    merged.registry.git("remote", "remove", "origin")
    merged.registry.git("branch", "--move", "main", "trunk")

    assert merged.run("validate", "--base", "auto") == Ran(
        2, "", "modelyard: there is no main branch to compare with\n    hint: name a revision: --base REV\n"
    )
    assert merged.run("validate", "--base", "HEAD~1").code == 0


def test_histories_that_never_met_have_no_base(merged: Scene) -> None:
    merged.registry.git("switch", "--quiet", "--orphan", "elsewhere")
    merged.registry.git("commit", "--quiet", "--no-verify", "--allow-empty", "--message", "Elsewhere")

    ran = merged.run("validate", "--base", "auto")

    assert ran == Ran(
        2,
        "",
        "modelyard: origin/main and the change share no history\n    hint: name a revision: --base REV\n",
    )


@pytest.mark.parametrize("revision", ["--output=x", "-x", "HEAD --all", "", "main..work", "a\nb"])
def test_what_is_no_revision_is_refused(revision: str, merged: Scene, tmp_path: Path) -> None:
    for option in (f"--base={revision}", f"--head={revision}"):
        words = (option,) if option.startswith("--base") else ("--base", "main~1", option)
        ran = merged.run("validate", *words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("modelyard: ")
    assert not list(merged.path.rglob("x"))


def test_a_revision_that_is_not_here_is_named(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert merged.run("validate", "--base", "v9") == Ran(
        2, "", "modelyard: revision 'v9' names no commit here\n    hint: git fetch --all\n"
    )
    shallow(merged, 1, monkeypatch)
    assert merged.run("validate", "--base", "v9") == Ran(
        3,
        "",
        "modelyard: revision 'v9' is not in this shallow clone\n    hint: git fetch --unshallow; "
        "in a CI job set fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab) for the checkout\n",
    )
