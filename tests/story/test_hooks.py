"""Our hooks under the real pre-commit: what a commit, a push and a run over everything are told."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.project import ROOT, tracked_files
from support.registry import Scene
from support.repositories import new_repository
from support.tools import requires_tool, unavailable

METADATA = "model_registry/fraud-1.2.0/metadata.yaml"
BROKEN = f"""\
{METADATA}:10:10: error MY207 `license` is not valid: 'Free' is not an SPDX licence identifier \
(the licence of the model as an SPDX expression)
    hint: write an SPDX expression, for example Apache-2.0; for terms of your own LicenseRef-Proprietary
"""
REMOVED = """\
model_registry/fraud-1.1.0: error MY602 fraud@1.1.0 was removed without a tombstone
    hint: git restore --source {commit} --staged --worktree model_registry/fraud-1.1.0; and to retire \
it: modelyard retire fraud@1.1.0 --reason WHY
"""


@pytest.fixture(autouse=True)
def pre_commit_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requires_tool("pre-commit")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))


def ran(scene: Scene, *command: str, **variables: str) -> tuple[int, str]:
    """Run a command in the registry; pre-commit and Git print the report on either stream."""
    result = subprocess.run(
        command,
        cwd=scene.registry.path,
        env={**os.environ, "PRE_COMMIT_COLOR": "never", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    return result.returncode, result.stdout


def registered(scene: Scene) -> Path:
    """Register fraud@1.2.0 in the work tree, stage it, and return its metadata."""
    done = scene.register("--version", "1.2.0", "--metrics", "accuracy=0.9", "--n", "100")
    assert done.code == 0, done.err
    scene.registry.git("add", "--all")
    return scene.registry.path / METADATA


def broken(metadata: Path) -> None:
    text = metadata.read_text()
    assert "license: MIT\n" in text
    metadata.write_text(text.replace("license: MIT\n", "license: Free\n"))


def report(output: str) -> str:
    """Return what the hook that judges everything printed, without what it says of commits and owners."""
    lines = [line for line in output.splitlines(keepends=True) if not line.startswith(("judged: ", "owners were "))]
    start = next(number for number, line in enumerate(lines) if "MY" in line and "error" in line)
    end = next(number for number, line in enumerate(lines) if line.startswith("refused: "))
    return "".join(lines[start : end + 1])


def test_a_commit_of_bad_metadata_is_refused_and_a_good_one_passes(merged: Scene) -> None:
    metadata = registered(merged)
    assert ran(merged, "pre-commit", "install")[0] == 0
    good = metadata.read_text()
    broken(metadata)
    head = merged.registry.head

    code, output = ran(merged, "git", "commit", "--all", "--message", "Register fraud@1.2.0")

    assert code == 1
    assert report(output) == BROKEN + "refused: 1 problem, 1 model version judged\n"
    assert merged.registry.head == head

    metadata.write_text(good)
    code, output = ran(merged, "git", "commit", "--all", "--message", "Register fraud@1.2.0")
    assert code == 0, output
    assert merged.registry.git("log", "--format=%s", "-1") == "Register fraud@1.2.0"


def test_a_commit_of_named_files_is_judged_by_its_own_index(merged: Scene) -> None:
    metadata = registered(merged)
    assert ran(merged, "pre-commit", "install")[0] == 0
    merged.registry.git("commit", "--quiet", "--no-verify", "--message", "Register fraud@1.2.0")
    broken(metadata)
    merged.registry.git("add", METADATA)
    notes = merged.registry.path / "model_registry/models/fraud.yaml"
    notes.write_text(notes.read_text() + "task: tabular-classification\n")

    # The index holds the broken file; the commit of the other one does not.
    code, output = ran(merged, "git", "commit", "--message", "Say what it is for", "--", str(notes))
    assert code == 0, output
    assert merged.registry.git("diff", "--name-only", "HEAD~1", "HEAD") == "model_registry/models/fraud.yaml"

    code, output = ran(merged, "git", "commit", "--message", "Change the licence", "--", METADATA)
    assert code == 1
    assert f"{METADATA}:10:10: error MY207 " in output


def test_a_commit_that_only_deletes_a_version_is_refused(merged: Scene) -> None:
    assert ran(merged, "pre-commit", "install")[0] == 0
    merged.registry.git("rm", "-r", "--quiet", "model_registry/fraud-1.1.0")
    head = merged.registry.head

    code, output = ran(merged, "git", "commit", "--message", "Remove fraud@1.1.0")

    assert code == 1
    assert report(output) == REMOVED.format(commit=head[:12]) + "refused: 1 problem\n"
    assert merged.registry.head == head


def test_a_commit_that_leaves_the_registry_alone_passes_whatever_is_wrong_there(merged: Scene) -> None:
    broken(registered(merged))
    merged.commit("Register a version past the hook")
    assert ran(merged, "pre-commit", "install")[0] == 0
    (merged.registry.path / "notes.txt").write_text("nothing of the registry\n")
    merged.registry.git("add", "notes.txt")

    code, output = ran(merged, "git", "commit", "--message", "Write notes")
    assert code == 0, output
    code, output = ran(merged, "git", "commit", "--amend", "--message", "Write better notes")
    assert code == 0, output


def test_a_repository_without_a_registry_is_not_troubled(founded: Scene, tmp_path: Path) -> None:
    plain = Scene(tmp_path / "plain")
    repository = new_repository(plain.registry.path)
    configuration = ".pre-commit-config.yaml"
    shutil.copyfile(founded.registry.path / configuration, repository.path / configuration)
    assert ran(plain, "pre-commit", "install")[0] == 0
    repository.git("add", configuration)

    code, output = ran(plain, "git", "commit", "--quiet", "--message", "Begin")

    assert code == 0, output
    assert [line.rpartition(".")[2] for line in output.splitlines() if line.startswith("model")] == ["Passed"] * 2
    assert "registry yet" not in output


def test_all_files_are_all_that_the_index_holds(merged: Scene) -> None:
    code, output = ran(merged, "pre-commit", "run", "--all-files", "--verbose")
    assert code == 0, output
    assert "passed: no problems, 2 model versions judged\n" in output

    broken(registered(merged))
    merged.commit("Register a version past the hook")
    code, output = ran(merged, "pre-commit", "run", "--all-files")
    assert code == 1
    assert report(output) == BROKEN + "refused: 1 problem, 3 model versions judged\n"


def test_a_range_is_judged_and_nothing_before_it(merged: Scene) -> None:
    start = merged.registry.head
    broken(registered(merged))
    bad = merged.commit("Register a version past the hook")
    (merged.registry.path / "notes.txt").write_text("nothing of the registry\n")
    after = merged.commit("Write notes")

    code, output = ran(merged, "pre-commit", "run", "--from-ref", start, "--to-ref", bad)
    assert code == 1
    assert report(output) == BROKEN + "refused: 1 problem, 1 model version judged\n"

    code, output = ran(merged, "pre-commit", "run", "--from-ref", bad, "--to-ref", after)
    assert code == 0, output
    assert ran(merged, "pre-commit", "run", "--from-ref", start, "--to-ref", start)[0] == 0


def test_a_range_that_is_not_here_could_not_be_judged(merged: Scene) -> None:
    code, output = ran(
        merged, "modelyard", "validate", "--hook", PRE_COMMIT_FROM_REF="0" * 40, PRE_COMMIT_TO_REF="HEAD"
    )
    assert (code, output) == (
        2,
        f"modelyard: revision {'0' * 40!r} names no commit here\n    hint: git fetch --all\n",
    )


@pytest.fixture(params=["pre-commit", "plain"])
def hooked(request: pytest.FixtureRequest, merged: Scene) -> Scene:
    """A registry whose commits are judged: through pre-commit, which hides what is not staged, or by Git's own hook."""
    if request.param == "pre-commit":
        assert ran(merged, "pre-commit", "install")[0] == 0
    else:
        hook = merged.registry.path / ".git" / "hooks" / "pre-commit"
        hook.write_text("#!/bin/sh\nexec modelyard validate --staged\n")
        hook.chmod(0o755)
    return merged


def test_what_is_staged_is_judged_and_not_the_work_tree(hooked: Scene) -> None:
    metadata = registered(hooked)
    good = metadata.read_text()
    described = good.replace("version: 1.2.0\n", "version: 1.2.0 # of March\n")
    metadata.write_text(described + "surprise: 1\n")

    # Two hunks; the good one alone is taken.
    hooked.registry.git("add", "--patch", METADATA, stdin=b"y\nn\n")
    assert hooked.registry.git("show", f":{METADATA}") + "\n" == described
    code, output = ran(hooked, "git", "commit", "--message", "Register fraud@1.2.0")

    assert code == 0, output
    assert metadata.read_text() == described + "surprise: 1\n"


def test_a_fault_that_is_staged_is_found_though_the_work_tree_is_fine(hooked: Scene) -> None:
    metadata = registered(hooked)
    good = metadata.read_text()
    broken(metadata)
    hooked.registry.git("add", METADATA)
    metadata.write_text(good)
    head = hooked.registry.head

    code, output = ran(hooked, "git", "commit", "--message", "Register fraud@1.2.0")

    assert code == 1
    assert report(output).startswith(BROKEN)
    assert (hooked.registry.head, metadata.read_text()) == (head, good)


def test_a_file_removed_from_the_index_alone_is_missed(hooked: Scene) -> None:
    card = registered(hooked).parent / "MODEL_CARD.md"
    hooked.registry.git("rm", "--quiet", "--cached", str(card))

    code, output = ran(hooked, "git", "commit", "--message", "Register fraud@1.2.0")

    assert code == 1
    assert "model_registry/fraud-1.2.0/MODEL_CARD.md: error MY103 MODEL_CARD.md is missing\n" in output
    assert card.is_file()


def test_a_range_that_only_deletes_is_refused(merged: Scene) -> None:
    start = merged.registry.head
    merged.registry.git("rm", "-r", "--quiet", "model_registry/fraud-1.1.0")
    end = merged.commit("Remove fraud@1.1.0")

    code, output = ran(merged, "pre-commit", "run", "--from-ref", start, "--to-ref", end)

    assert code == 1
    assert report(output).startswith(REMOVED.format(commit=start[:12]))


def test_a_push_is_judged_before_it_leaves(merged: Scene) -> None:
    assert ran(merged, "pre-commit", "install", "--hook-type", "pre-push")[0] == 0
    pushed = merged.origin.head
    broken(registered(merged))
    merged.commit("Register a version past the hook")

    code, output = ran(merged, "git", "push", "origin", "main")

    assert code == 1
    assert report(output).startswith(BROKEN)
    assert merged.origin.head == pushed


def test_the_hook_for_cards_speaks_of_cards_alone(merged: Scene) -> None:
    metadata = registered(merged)
    broken(metadata)
    card = metadata.parent / "MODEL_CARD.md"
    card.write_text(card.read_text().replace("## Limitations\n", "## Something else\n"))
    merged.registry.git("add", "--all")

    code, output = ran(merged, "pre-commit", "run", "modelyard-card")

    assert code == 1
    assert {line.split(" error ")[1][:5] for line in output.splitlines() if " error " in line} == {"MY301"}


@pytest.mark.network
def test_another_repository_uses_our_hooks(merged: Scene, tmp_path: Path) -> None:
    probe = subprocess.run(
        [requires_tool("uv"), "pip", "compile", "--quiet", "--no-config", "-"],
        input=b"hatchling\n",
        capture_output=True,
        check=False,
    )
    if probe.returncode:
        unavailable("the package index does not answer")
    ours = new_repository(tmp_path / "modelyard")
    for path in tracked_files(
        "src", "schemas", "docs", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"
    ):
        target = ours.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)
    ours.commit({})
    broken(registered(merged))
    merged.registry.git("add", "--all")

    code, output = ran(merged, "pre-commit", "try-repo", str(ours.path), "modelyard-validate")

    assert code == 1
    assert report(output).startswith(BROKEN)
    assert "refused: 1 problem, 1 model version judged\n" in output

    code, output = ran(merged, "pre-commit", "try-repo", str(ours.path), "modelyard-card", "--all-files")
    assert code == 0, output
