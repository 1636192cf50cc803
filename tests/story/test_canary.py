"""The canary: a gate that works refuses it for every reason, and each way to be broken is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from modelyard.canary import EXPECTED
from modelyard.rules import engine
from modelyard.rules.catalogue import RULES
from modelyard.rules.judgement import Judgement
from modelyard.snapshot import Snapshot
from support.registry import Ran, modelyard
from support.repositories import Repository

HINT = (
    "    hint: run modelyard validate --base HEAD~1 in the canary: "
    "where that ends with 1, correct the command of the gate, else install modelyard anew\n"
)
OFF = "it ended with 0 on a registry that it must refuse with 1: nothing was refused, so checks are off"


def broken(how: str) -> Ran:
    return Ran(3, "", f"modelyard: the gate is broken: {how}\n{HINT}")


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A canary, in which we stand."""
    directory = tmp_path / "canary"
    assert modelyard("canary", directory).code == 0
    monkeypatch.chdir(directory)
    return Repository(directory)


def checked(canary: Repository, *gate: str) -> Ran:
    """Run the gate in the canary as a workflow does, and check what it did."""
    ran = modelyard(*(gate or ("validate", "--base", "HEAD~1")), "--format", "json")
    report = canary.path.parent / "report.json"
    report.write_text(ran.out)
    return modelyard("canary", ".", "--check", report, "--ended", str(ran.code))


def checked_after(canary: Repository, patch: str) -> Ran:
    """Run and check a gate whose table of rules was changed before anything else was imported."""
    program = (
        f"import sys\nfrom modelyard.rules import catalogue\n{patch}\nfrom modelyard.cli import main\nsys.exit(main())"
    )
    command = [sys.executable, "-c", program, "validate", "--base", "HEAD~1", "--format", "json"]
    ran = subprocess.run(command, cwd=canary.path, capture_output=True, text=True, check=False)
    report = canary.path.parent / "report.json"
    report.write_text(ran.stdout)
    return modelyard("canary", ".", "--check", report, "--ended", str(ran.returncode))


def test_the_gate_refuses_the_canary_for_every_reason(canary: Repository) -> None:
    ran = checked(canary)

    assert (ran.code, ran.err) == (0, "")
    told = ran.out.removeprefix("the gate works: it refused the canary for ").rstrip("\n").split(", ")
    assert set(EXPECTED) <= set(told)


def test_before_the_change_there_is_nothing_wrong_with_it(canary: Repository) -> None:
    canary.git("checkout", "--quiet", "--detach", "HEAD~1")

    assert modelyard("validate") == Ran(0, "passed: no problems, 2 model versions judged\n", "")


def test_it_is_the_same_whoever_lays_it_down(
    canary: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "gitconfig"
    hooks = tmp_path / "template" / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "post-checkout").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "post-checkout").chmod(0o755)
    configuration.write_text(
        f"[init]\n\ttemplateDir = {hooks.parent}\n\tdefaultBranch = trunk\n"
        "[user]\n\tname = Somebody\n\temail = somebody@example.org\n[commit]\n\tgpgSign = true\n"
        "[core]\n\tautocrlf = true\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(configuration))

    assert modelyard("canary", tmp_path / "other").code == 0

    assert Repository(tmp_path / "other").head == canary.head
    assert Repository(tmp_path / "other").git("symbolic-ref", "HEAD") == "refs/heads/main"


def test_it_holds_something_for_each_family_of_rules() -> None:
    assert {code[:3] for code in EXPECTED} == {rule.code[:3] for rule in RULES}


@pytest.mark.parametrize("family", sorted({code[:3] for code in EXPECTED}))
def test_a_family_of_rules_that_is_off_is_told(family: str, canary: Repository) -> None:
    kept = f"catalogue.RULES = tuple(rule for rule in catalogue.RULES if not rule.code.startswith({family!r}))"

    off = ", ".join(code for code in EXPECTED if code.startswith(family))
    assert checked_after(canary, kept) == broken(f"it refused the canary, but {off} found nothing")


def test_a_gate_of_one_family_is_told(canary: Repository) -> None:
    others = ", ".join(code for code in EXPECTED if not code.startswith("MY3"))
    assert checked(canary, "validate", "--base", "HEAD~1", "--select", "MY3") == broken(
        f"it refused the canary, but {others} found nothing"
    )


def test_a_gate_without_rules_is_told(canary: Repository) -> None:
    assert checked_after(canary, "catalogue.RULES = ()") == broken(OFF)


def test_a_gate_that_judges_nothing_is_told(canary: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    target = "modelyard.api.validating_changes.judge_change"
    monkeypatch.setattr(target, lambda *_arguments, **_options: Judgement((), ()))

    assert checked(canary) == broken(OFF)


def test_a_gate_that_lets_a_change_exempt_itself_is_told(canary: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    judge_change = engine.judge_change

    def by_the_head(base: Snapshot, head: Snapshot, **options: object) -> Judgement:
        return judge_change(base.judged_by(head.policy), head, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("modelyard.api.validating_changes.judge_change", by_the_head)

    exempted = ", ".join(code for code in EXPECTED if not code.startswith("MY6"))
    assert checked(canary) == broken(f"it refused the canary, but {exempted} found nothing")


def test_a_gate_that_only_warns_is_told(canary: Repository) -> None:
    softened = (
        "from modelyard.problems import Severity\n"
        "from modelyard.values import replace\n"
        "catalogue.RULES = tuple(replace(rule, severity=Severity.WARNING) for rule in catalogue.RULES)"
    )

    assert checked_after(canary, softened) == broken(OFF)


def test_a_gate_that_crashes_is_told(canary: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_arguments: object, **_options: object) -> NoReturn:
        raise RuntimeError("out of order")

    monkeypatch.setattr("modelyard.api.validating_changes.judge_change", crash)

    assert checked(canary) == broken(
        "it ended with 3 on a registry that it must refuse with 1: "
        "the gate could not finish, so it says nothing about changes either"
    )


def test_a_gate_that_finds_nothing_to_judge_is_told(canary: Repository) -> None:
    assert checked(canary, "validate", "--base", "elsewhere") == broken(
        "it ended with 2 on a registry that it must refuse with 1: "
        "nothing matched, or the command is not the one of the gate"
    )


def test_a_report_of_something_else_is_no_proof(canary: Repository, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(modelyard("validate", "--format", "json").out)
    check = ("canary", ".", "--check", report, "--ended", "1")
    assert modelyard(*check) == broken("its report is not about the canary's head")

    for content in ("", "refused: 12 problems\n", "[]\n", '{"commit": "x", "problems": [1]}'):
        report.write_text(content)
        assert modelyard(*check) == broken("its report is not the JSON of modelyard validate --format json")

    report.unlink()
    assert modelyard(*check) == Ran(
        2,
        "",
        f"modelyard: there is no report {report}\n"
        f"    hint: modelyard validate --base HEAD~1 --format json > {report}\n",
    )


def test_what_is_there_is_not_overwritten(canary: Repository, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.touch()
    for place in (canary.path, file):
        assert modelyard("canary", place) == Ran(
            2, "", f"modelyard: {place} is not an empty directory\n    hint: name one that is not there yet\n"
        )


@pytest.mark.parametrize("words", [("--check", "report.json"), ("--ended", "1")])
def test_report_and_exit_code_stand_together(words: tuple[str, ...], canary: Repository) -> None:
    assert modelyard("canary", ".", *words) == Ran(
        2, "", "modelyard: --check and --ended stand together\n    hint: modelyard canary --help\n"
    )


def test_the_repository_of_the_gate_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook runs with Git's own variables set; the canary must not end up in the repository they name."""
    outer = Repository(tmp_path / "outer")
    outer.path.mkdir()
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", outer.path], check=True)
    monkeypatch.setenv("GIT_DIR", str(outer.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(outer.path / ".git" / "index"))

    assert modelyard("canary", tmp_path / "canary").code == 0

    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert outer.git("for-each-ref") == ""
    assert outer.git("ls-files") == ""
    assert len(Repository(tmp_path / "canary").git("ls-files").splitlines()) > 10
