"""Two people do the same at once: one wins, the other is told, and nothing is mixed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.objects import files_below
from support.races import race
from support.registry import Ran, Scene, unchanged

# Both have read the registry, and found that the version is new, when they meet; then both write.
REGISTER = """\
    import io, os, sys
    from contextlib import redirect_stderr, redirect_stdout
    from modelyard.api import registering
    from modelyard.cli import main

    def at_once(*arguments, real=registering.propose, **options):
        sys.stdout, stdout = sys.__stdout__, sys.stdout
        meet()
        sys.stdout = stdout
        return real(*arguments, **options)

    registering.propose = at_once
    os.chdir(sys.argv[1])
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(sys.argv[2:])
    print(code, repr(err.getvalue()))
"""
PROMOTE = REGISTER.replace("registering", "changing")


def registration(scene: Scene, who: str, *more: str) -> list[str]:
    training = scene.training.path
    words = ["register", "fraud", "--artifact", str(training / "model.joblib"), "--dataset", str(training / "data.csv")]
    described = ["--license", "MIT", "--version", "1.0.0", "--description", f"By {who}.", "--owner", who]
    return [str(scene.registry.path), *words, *described, *more]


def test_of_two_registrations_in_one_work_tree_one_wins(founded: Scene) -> None:
    answers = race(REGISTER, [registration(founded, who) for who in ("ada", "bob")])

    told = repr(
        "modelyard: fraud-1.0.0 exists already; another process or an earlier run made it\n"
        "    hint: git status model_registry/fraud-1.0.0\n"
    )
    assert sorted(answers) == ["0 ''", f"1 {told}"]
    winner = ("ada", "bob")[answers.index("0 ''")]
    metadata = yaml.safe_load((founded.version("fraud-1.0.0") / "metadata.yaml").read_bytes())
    model = yaml.safe_load((founded.registry.path / "model_registry/models/fraud.yaml").read_bytes())
    assert (metadata["description"], model["owners"]) == (f"By {winner}.", [winner])
    assert founded.run("validate").out == "passed: no problems, 1 model version judged\n"
    assert files_below(founded.registry.path / ".git/modelyard") == {"lock"}


def test_of_two_registrations_on_branches_one_wins(founded: Scene) -> None:
    answers = race(REGISTER, [registration(founded, who, "--branch") for who in ("ada", "bob")])

    assert sorted(answer[0] for answer in answers) == ["0", "1"]
    (told,) = (answer for answer in answers if answer[0] == "1")
    assert told.startswith("1 \"modelyard: branch 'register/fraud-1.0.0' exists already\\n")
    winner = ("ada", "bob")[[answer[0] for answer in answers].index("0")]
    assert founded.registry.git("status", "--porcelain") == ""
    founded.merge("register/fraud-1.0.0")
    metadata = yaml.safe_load((founded.version("fraud-1.0.0") / "metadata.yaml").read_bytes())
    assert metadata["description"] == f"By {winner}."


def test_two_models_are_registered_at_once(founded: Scene) -> None:
    others = [[word if word != "fraud" else name for word in registration(founded, "ada")] for name in ("one", "two")]

    assert race(REGISTER, others) == ["0 ''", "0 ''"]

    assert founded.run("validate").out == "passed: no problems, 2 model versions judged\n"
    assert len(files_below(founded.cache)) == 1


STAGING = "model_registry/stages/staging/fraud.yaml"


@pytest.fixture
def conflict(merged: Scene) -> Scene:
    """Let two people promote two versions of a model to one stage, merge one, and begin to merge the other."""
    assert merged.register("--version", "1.2.0", "--branch").code == 0
    merged.merge("register/fraud-1.2.0")
    root = str(merged.registry.path)
    promotions = [[root, "promote", f"fraud@{each}", "--to", "staging", "--branch"] for each in ("1.1.0", "1.2.0")]
    assert race(PROMOTE, promotions) == ["0 ''", "0 ''"]
    merged.merge("promote/fraud-1.1.0-to-staging")
    with pytest.raises(AssertionError):
        merged.merge("promote/fraud-1.2.0-to-staging")
    return merged


def test_of_two_promotions_the_second_to_be_merged_is_a_conflict_and_the_gate_says_what_to_do(conflict: Scene) -> None:
    assert conflict.registry.git("diff", "--name-only", "--diff-filter=U") == STAGING

    told = conflict.run("validate")

    assert told == Ran(
        1,
        f"{STAGING}:2:1: error MY201 two changes meet here, of 'HEAD' and 'promote/fraud-1.2.0-to-staging', "
        "and the merge of them is not finished\n"
        f"    hint: keep one version, without the marks and without `evidence`, then git add {STAGING}; "
        "or git merge --abort, and on top of what was merged first "
        "modelyard promote fraud@VERSION --to staging --branch NAME\n"
        "refused: 1 problem, 3 model versions judged\n",
        "",
    )
    with unchanged(conflict.registry):
        ran = conflict.run("promote", "fraud@1.2.0", "--to", "staging", "--commit")
    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        f"modelyard: {STAGING} has changes that are not committed",
    )


def test_who_is_second_proposes_again_on_top_of_the_first(conflict: Scene) -> None:
    conflict.registry.git("merge", "--abort")

    again = conflict.run("promote", "fraud@1.2.0", "--to", "staging", "--branch", "again")

    assert again.out.startswith("promoted fraud@1.2.0 to staging, replacing 1.1.0\n")
    conflict.merge("again")
    assert conflict.run("validate", "--base", "HEAD~1").code == 0
    assert conflict.run("resolve", "fraud@staging").out == "fraud@1.2.0\n"


def test_who_is_second_chooses_a_side(conflict: Scene) -> None:
    git = conflict.registry.git
    git("checkout", "--quiet", "--theirs", STAGING)
    git("add", STAGING)
    # It was decided against another champion, and the gate does not let that pass for evidence.
    refused = conflict.run("validate", "--staged")
    assert (refused.code, "MY656 the evidence of fraud@1.2.0 in staging is " in refused.out) == (1, True)
    assert (
        "    hint: it was decided on something else than what is merged by now: take `evidence` and the lines in it "
        f"out of {STAGING}, or on the main branch modelyard promote fraud@1.2.0 --to staging --branch NAME\n"
    ) in refused.out
    (conflict.registry.path / STAGING).write_text(conflict.decided(STAGING))
    git("add", STAGING)

    assert conflict.run("validate", "--staged").code == 0
    git("commit", "--quiet", "--no-verify", "--no-edit")
    assert conflict.run("validate", "--base", "HEAD~1").code == 0
    assert conflict.run("resolve", "fraud@staging").out == "fraud@1.2.0\n"


PROMOTION, RETIREMENT = "promote/fraud-1.1.0-to-staging", "retire/fraud-1.1.0"
TORN = f"{STAGING}:2:10: error MY604 fraud@1.1.0 was retired: nobody uses it\n    hint: registered versions: 1.0.0\n"


@pytest.fixture
def opposed(merged: Scene) -> Scene:
    """Let one promote what the other retires; each change is green."""
    root = str(merged.registry.path)
    words = (["promote", "fraud@1.1.0", "--to", "staging"], ["retire", "fraud@1.1.0", "--reason", "nobody uses it"])
    assert race(PROMOTE, [[root, *each, "--branch"] for each in words]) == ["0 ''", "0 ''"]
    for branch in (PROMOTION, RETIREMENT):
        assert merged.run("validate", "--base", "main", "--head", branch).code == 0
    return merged


@pytest.mark.parametrize("first", [PROMOTION, RETIREMENT])
def test_one_retires_what_another_promotes(opposed: Scene, first: str) -> None:
    (opposed.origin.path / "hooks").mkdir(exist_ok=True)
    hook = opposed.origin.path / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m modelyard hook pre-receive\n")
    hook.chmod(0o755)
    opposed.merge(first)
    opposed.push()
    before = opposed.registry.head
    # Git sees nothing wrong: the two touch no file in common.
    opposed.merge(({PROMOTION, RETIREMENT} - {first}).pop())

    # In the merge queue, against what is merged already.
    queue = opposed.run("validate", "--base", before)
    assert (queue.code, queue.out.startswith(TORN)) == (1, True)

    # At the door of a plain server.
    pushed = subprocess.run(
        ["git", "push", "origin", "main"], cwd=opposed.registry.path, capture_output=True, text=True, check=False
    )
    assert pushed.returncode == 1
    assert f"remote: {TORN.splitlines()[0]}" in pushed.stderr
    assert opposed.origin.git("rev-parse", "main") == before

    # And on main, where nothing stood in the way.
    main = opposed.run("validate", "--head", "HEAD", "--all")
    assert (main.code, main.out.startswith(TORN)) == (1, True)


def test_many_pull_the_same_version_into_the_same_place(merged: Scene, tmp_path: Path) -> None:
    for path in sorted(merged.cache.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    script = """\
        import sys
        from modelyard.api.registry import Registry
        version = Registry(sys.argv[1])["fraud@1.0.0"]
        meet()
        version.pull(sys.argv[2])
        print("pulled")
    """

    answers = race(script, 4 * [[str(merged.registry.path), str(tmp_path / "out")]])

    assert answers == 4 * ["pulled"]
    assert files_below(tmp_path / "out") == {"model.joblib", "scaler.joblib"}
    for name in ("model.joblib", "scaler.joblib"):
        assert (tmp_path / "out" / name).read_bytes() == (merged.training.path / name).read_bytes()
