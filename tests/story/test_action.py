"""Our action and our reusable workflow, step by step, on changes of a registry."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.project import ROOT, tracked_files
from support.registry import Scene
from support.tools import requires_tool, unavailable
from support.workflows import Ran, Runner, pull_request

REUSABLE = (ROOT / ".github/workflows/validate-registry.yml").read_text(encoding="utf-8")
INSTALL, CANARY, VALIDATE = "Install modelyard", "Let the gate refuse the canary", "Validate"


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    directory = tmp_path / "runner"
    directory.mkdir()
    return directory


@pytest.fixture
def reports(temporary: Path) -> Path:
    directory = temporary / "reports"
    directory.mkdir()
    return directory


@pytest.fixture
def kept() -> dict[str, dict[str, str]]:
    """What the job kept: artifacts by name, their files by path."""
    return {}


@pytest.fixture
def runner(merged: Scene, temporary: Path, reports: Path, kept: dict[str, dict[str, str]]) -> Runner:
    """A runner that has modelyard already, with the registry as its workspace."""

    def keep(given: Mapping[str, str]) -> Mapping[str, str]:
        kept[given["name"]] = {path.name: path.read_text() for path in Path(given["path"]).iterdir()}
        return {}

    def nothing(_given: Mapping[str, str]) -> Mapping[str, str]:
        return {}

    return Runner(
        merged.registry.path,
        temporary,
        players={"actions/checkout": nothing, "actions/upload-artifact": keep},
        given={INSTALL: {"command": str(requires_tool("modelyard")), "reports": str(reports)}},
    )


def registered(scene: Scene, runner: Runner, *, license_id: str = "MIT") -> None:
    """Check out what GitHub checks out for a pull request that registers a version, and tell the runner."""
    done = scene.register("--version", "1.2.0", "--metrics", "accuracy=0.9", "--n", "100")
    assert done.code == 0, done.err
    metadata = scene.version("fraud-1.2.0") / "metadata.yaml"
    metadata.write_text(metadata.read_text().replace("license: MIT", f"license: {license_id}"))
    scene.registry.git("switch", "--quiet", "--create", "work")
    scene.commit("Register fraud@1.2.0")
    scene.registry.git("checkout", "--quiet", "--detach", "main")
    scene.registry.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    runner.github = pull_request(scene.registry)


def codes(ended: Mapping[str, Ran]) -> dict[str, int]:
    return {name: ran.code for name, ran in ended.items()}


def test_a_good_change_passes_and_leaves_its_reports(merged: Scene, runner: Runner, reports: Path) -> None:
    registered(merged, runner)

    ended, outputs = runner.run_action({})

    assert codes(ended) == {CANARY: 0, VALIDATE: 0}
    assert ended[VALIDATE].output.splitlines()[-1] == "passed: no problems, 1 model version judged"
    assert ended[VALIDATE].summary == (reports / "report.md").read_text()
    assert ended[VALIDATE].summary.startswith("## modelyard: passed\n")
    assert "\n\n## This change registers <code>fraud&#64;1.2.0</code>\n" in ended[VALIDATE].summary
    assert "\n\nthis change registers fraud@1.2.0\n" in (reports / "report.txt").read_text()
    assert outputs == {"exit-code": "0", "reports": str(reports), "command": str(requires_tool("modelyard"))}
    assert {path.name for path in reports.iterdir()} == {"report.json", "report.txt", "report.md"}
    assert json.loads((reports / "report.json").read_text())["commit"] == merged.registry.head


def test_a_bad_change_is_refused_at_its_line(merged: Scene, runner: Runner, reports: Path) -> None:
    registered(merged, runner, license_id="Free")

    ended, outputs = runner.run_action({"sarif": "true"})

    assert (ended[VALIDATE].code, outputs["exit-code"]) == (1, "1")
    assert ended[VALIDATE].output.startswith("::error file=model_registry/fraud-1.2.0/metadata.yaml,line=10,col=10,")
    assert ended[VALIDATE].summary.startswith("## modelyard: refused\n")
    assert "MY207" in ended[VALIDATE].summary
    assert "\n\n## This change registers <code>fraud&#64;1.2.0</code>\n" in ended[VALIDATE].summary
    assert json.loads((reports / "report.sarif").read_text())["version"] == "2.1.0"


def test_without_a_base_everything_is_judged(merged: Scene, runner: Runner) -> None:
    ended, _ = runner.run_action({"base": "", "canary": "false", "summary": "false"})

    assert codes(ended) == {VALIDATE: 0}
    assert ended[VALIDATE].output.splitlines()[-1] == "passed: no problems, 2 model versions judged"
    assert ended[VALIDATE].summary == ""


def test_where_nothing_could_be_judged_an_annotation_says_so(merged: Scene, runner: Runner) -> None:
    ended, outputs = runner.run_action({"base": "v9"})

    assert (ended[VALIDATE].code, outputs["exit-code"]) == (2, "2")
    assert ended[VALIDATE].output == (
        "modelyard: revision 'v9' names no commit here\n    hint: git fetch --all\n"
        "::error title=modelyard::Nothing was judged (exit code 2): the log of this step says why\n"
    )


@pytest.mark.parametrize("base", ["--output=pwned", "$(touch pwned)", "`touch pwned`", "main; touch pwned", "'\"\n"])
def test_an_input_never_becomes_a_command(base: str, merged: Scene, runner: Runner) -> None:
    ended, outputs = runner.run_action({"base": base})

    assert (ended[VALIDATE].code, outputs["exit-code"]) == (2, "2")
    assert not list(merged.path.rglob("pwned"))


def test_a_gate_that_is_broken_judges_nothing(merged: Scene, runner: Runner, tmp_path: Path) -> None:
    broken = tmp_path / "modelyard"
    broken.write_text(f'#!/bin/sh\n[ "$1" = validate ] && exit 0\nexec {requires_tool("modelyard")} "$@"\n')
    broken.chmod(0o755)
    runner.given = {INSTALL: {"command": str(broken), "reports": str(tmp_path)}}

    ended, outputs = runner.run_action({})

    assert codes(ended) == {CANARY: 3}
    assert "the gate is broken: it ended with 0 on a registry that it must refuse with 1" in ended[CANARY].output
    assert outputs["exit-code"] == ""


def test_files_of_the_change_are_never_imported(merged: Scene, runner: Runner) -> None:
    for name in ("pip.py", "json.py", "modelyard.py", "yaml.py", "venv.py"):
        (merged.registry.path / name).write_text("raise SystemExit('imported from the change')\n")
    registered(merged, runner)

    ended, _ = runner.run_action({})

    assert codes(ended) == {CANARY: 0, VALIDATE: 0}


def test_the_reusable_workflow_keeps_the_reports_of_a_refusal(
    merged: Scene, runner: Runner, kept: dict[str, dict[str, str]]
) -> None:
    registered(merged, runner, license_id="Free")

    ended = runner.run_job(REUSABLE, "gate", sarif=True)

    assert codes(ended) == {CANARY: 0, VALIDATE: 1, "Say which pull request it is": 0}
    files = kept["modelyard-report"]
    assert set(files) == {"report.json", "report.txt", "report.md", "report.sarif", "pull-request"}
    assert files["pull-request"] == "7\n"
    assert "refused: 1 problem, 1 model version judged\n\nthis change registers fraud@1.2.0\n" in files["report.txt"]


def test_the_reusable_workflow_in_a_merge_queue_names_no_pull_request(
    merged: Scene, runner: Runner, kept: dict[str, dict[str, str]]
) -> None:
    registered(merged, runner)
    runner.github = {"event_name": "push", "event": {}}

    ended = runner.run_job(REUSABLE, "gate")

    assert codes(ended) == {CANARY: 0, VALIDATE: 0}
    assert set(kept["modelyard-report"]) == {"report.json", "report.txt", "report.md"}


@pytest.mark.network
def test_the_action_installs_itself_and_nothing_of_the_change(merged: Scene, runner: Runner, tmp_path: Path) -> None:
    probe = [str(requires_tool("uv")), "pip", "compile", "--quiet", "--no-config", "-"]
    if subprocess.run(probe, input=b"hatchling\n", capture_output=True, check=False).returncode:
        unavailable("the package index does not answer")
    action = tmp_path / "action"
    for path in tracked_files(
        "src", "schemas", "docs", "requirements", "pyproject.toml", "README.md", "LICENSE", "action.yml"
    ):
        target = action / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)
    (merged.registry.path / "pip.py").write_text("raise SystemExit('imported from the change')\n")
    registered(merged, runner)
    runner.given = {}

    ended, outputs = runner.run_action({}, action)

    assert codes(ended) == {INSTALL: 0, CANARY: 0, VALIDATE: 0}
    command = Path(outputs["command"])
    assert command.is_relative_to(runner.temporary)
    assert subprocess.run([command, "--version"], capture_output=True, check=True).stdout.startswith(b"modelyard ")
