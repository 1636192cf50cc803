"""Two people do the same at once: one wins, the other is told, and nothing is mixed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from support.objects import files_below
from support.races import race
from support.registry import Scene

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


def test_two_promotions_on_branches_meet_as_a_conflict_when_the_second_is_merged(merged: Scene) -> None:
    ran = merged.register("--version", "1.2.0", "--branch")
    assert ran.code == 0
    merged.merge("register/fraud-1.2.0")
    root = str(merged.registry.path)

    promotions = [[root, "promote", f"fraud@{each}", "--to", "staging", "--branch"] for each in ("1.1.0", "1.2.0")]

    answers = race(PROMOTE, promotions)

    assert answers == ["0 ''", "0 ''"]
    merged.merge("promote/fraud-1.1.0-to-staging")
    with pytest.raises(AssertionError):
        merged.merge("promote/fraud-1.2.0-to-staging")
    assert merged.registry.git("diff", "--name-only", "--diff-filter=U") == "model_registry/stages/staging/fraud.yaml"


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
