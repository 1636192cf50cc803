"""The project's own files: requirements, workflows, hooks, changelog, and what must never be in any of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelyard.lifecycle.ci import CiService
from modelyard.lifecycle.hooks import ToolSource
from support.project import ROOT, tracked_files
from support.tools import requires_tool

REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "docs" / "examples" / "github").glob("*.yml"))
FRAGMENT = re.compile(r"(\+[a-z0-9-]+|[0-9]+)\.(added|changed|removed|fixed|security)\.md")
PIN = re.compile(r"[a-z0-9.-]+==[^ ;]+( ; [^\\]+)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PINNED_ACTION = re.compile(r"[a-z0-9-]+/[a-z0-9/-]+@[0-9a-f]{40}")
# Homes and scratch places of a machine. Tests and documents may speak of /tmp, but not of a place in it.
MACHINE_PATH = re.compile(
    r"(?<![\w.$}/-])/(?:root|work|home/(?!user\b)[a-z]+|Users/[A-Za-z]+|tmp/[A-Za-z0-9_.-]+)(?=/|\b)"
)
# Where packages come from is for the machine's own configuration to say.
INDEX_OPTION = re.compile(r"-{2}(?:extra-)?(?:index-url|find-links|trusted-host)")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    tool = requires_tool(str(command[0]))
    return subprocess.run([tool, *command[1:]], capture_output=True, text=True, check=False, cwd=ROOT)


def parsed_yaml(path: Path) -> dict[Any, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def jobs(paths: list[Path] = WORKFLOWS) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{path.name}:{name}", job) for path in paths for name, job in parsed_yaml(path)["jobs"].items()]


def steps() -> list[tuple[str, dict[str, Any]]]:
    found = [
        (f"{name}:{number}", step)
        for name, job in jobs([*WORKFLOWS, *EXAMPLES])
        for number, step in enumerate(job.get("steps", []))
    ]
    action = parsed_yaml(ROOT / "action.yml")["runs"]["steps"]
    return [*found, *((f"action.yml:{number}", step) for number, step in enumerate(action))]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_with_hashes_and_names_no_index(path: Path) -> None:
    logical = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    requirements = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    assert requirements
    for line in requirements:
        pin, *hashes = re.split(r" +(?=--hash)", line.strip())
        assert PIN.fullmatch(pin.strip()), pin
        assert hashes, f"{pin} has no hashes"
        assert [text for text in hashes if not HASH.fullmatch(text.strip())] == []


def test_the_pins_of_the_demo_are_those_of_development() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9.-]+==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

    assert pins("demo.txt") - pins("dev.txt") == set()


def test_no_file_names_a_place_of_this_machine_or_an_index() -> None:
    found = []
    for path in tracked_files():
        content = (ROOT / path).read_bytes()
        if b"\0" in content or path == "tests/test_project.py":
            continue
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), start=1):
            if MACHINE_PATH.search(line) or INDEX_OPTION.search(line):
                found.append(f"{path}:{number}: {line.strip()}")
    assert found == []


def test_changelog_fragments_are_named_as_towncrier_reads_them() -> None:
    fragments = {path.name for path in (ROOT / "changelog.d").iterdir()} - {"README.md"}
    assert fragments, "a project before its first release has something to say"
    assert [name for name in sorted(fragments) if not FRAGMENT.fullmatch(name)] == []


def test_the_next_changelog_can_be_built() -> None:
    draft = run("towncrier", "build", "--draft", "--version", "9.9.9", "--date", "2030-01-01")
    assert draft.returncode == 0, draft.stderr
    assert "## 9.9.9 (2030-01-01)\n" in draft.stdout


@pytest.mark.parametrize(
    ("command", "path"),
    [("validate-config", ".pre-commit-config.yaml"), ("validate-manifest", ".pre-commit-hooks.yaml")],
)
def test_hooks_are_what_pre_commit_reads(command: str, path: str) -> None:
    verdict = run("pre-commit", command, path)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_the_hooks_for_other_repositories_run_the_gate_on_the_index() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"]: hook["entry"] for hook in hooks} == {
        "modelyard-validate": "modelyard validate --hook",
        "modelyard-card": "modelyard validate --hook --select MY3",
    }
    for hook in hooks:
        assert (hook["language"], hook["always_run"], hook["pass_filenames"]) == ("python", True, False)
        assert "files" not in hook


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=lambda path: path.name)
def test_workflows_follow_their_schema(path: Path) -> None:
    verdict = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", path)
    assert verdict.returncode == 0, verdict.stdout


def test_dependabot_follows_its_schema() -> None:
    verdict = run("check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml")
    assert verdict.returncode == 0, verdict.stdout


def test_the_template_for_gitlab_follows_its_schema() -> None:
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    verdict = run("check-jsonschema", *schema, "docs/examples/gitlab/modelyard.gitlab-ci.yml")
    assert verdict.returncode == 0, verdict.stdout


@pytest.mark.parametrize("source", ["installed", "https://git.example.org/modelyard.git@v1.0.0"])
def test_what_init_writes_for_gitlab_follows_its_schema(source: str, tmp_path: Path) -> None:
    files = CiService.GITLAB.files(ToolSource.parse(source))
    for path, text in files.items():
        (tmp_path / Path(path).name).write_text(text, "utf-8")
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    verdict = run("check-jsonschema", *schema, *(str(tmp_path / Path(path).name) for path in files))
    assert verdict.returncode == 0, verdict.stdout


def test_the_action_follows_its_schema() -> None:
    verdict = run("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")
    assert verdict.returncode == 0, verdict.stdout


def test_actionlint_and_shellcheck_find_nothing() -> None:
    shellcheck = requires_tool("shellcheck")
    verdict = run("actionlint", "-shellcheck", shellcheck, *WORKFLOWS, *EXAMPLES)
    assert (verdict.returncode, verdict.stdout) == (0, "")


def test_shellcheck_finds_nothing_in_the_action(tmp_path: Path) -> None:
    for number, step in enumerate(parsed_yaml(ROOT / "action.yml")["runs"]["steps"]):
        script = tmp_path / f"step-{number}.sh"
        script.write_text(f"#!/bin/{step['shell']}\nset -eo pipefail\n{step['run']}", encoding="utf-8")
        verdict = run("shellcheck", script)
        assert verdict.returncode == 0, verdict.stdout


def test_case_47_zizmor_finds_nothing() -> None:
    inputs: tuple[str | Path, ...] = (".github", "action.yml", ".pre-commit-config.yaml", *EXAMPLES)
    verdict = run("zizmor", "--persona", "auditor", "--offline", "--no-progress", *inputs)
    assert verdict.returncode == 0, verdict.stdout


def test_zizmor_is_told_to_look_away_once() -> None:
    ignores = [
        (path.name, line.strip())
        for path in [*WORKFLOWS, *EXAMPLES, ROOT / "action.yml"]
        for line in path.read_text(encoding="utf-8").splitlines()
        if "zizmor:" in line
    ]
    assert [name for name, _ in ignores] == ["registry-comment.yml"]
    assert re.search(r"# zizmor: ignore\[dangerous-triggers\] \w+", ignores[0][1])


def test_case_47_no_workflow_gives_the_code_of_a_pull_request_more_than_reading() -> None:
    for path in [*WORKFLOWS, *EXAMPLES]:
        text = path.read_text(encoding="utf-8")
        assert "pull_request_target" not in text, path.name
        assert "secrets" not in re.sub("no secrets", "", text), path.name


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=lambda path: path.name)
def test_a_workflow_starts_without_any_permission(path: Path) -> None:
    assert parsed_yaml(path)["permissions"] == {}


@pytest.mark.parametrize(("name", "job"), jobs())
def test_a_job_ends_in_time_and_writes_nothing(name: str, job: dict[str, Any]) -> None:
    assert 0 < job["timeout-minutes"] <= 30, name
    assert set(job["permissions"].values()) <= {"read"}, name


@pytest.mark.parametrize(("name", "step"), [(name, step) for name, step in steps() if "uses" in step])
def test_actions_are_pinned_and_keep_no_credentials(name: str, step: dict[str, Any]) -> None:
    assert step["uses"] == "$/" or PINNED_ACTION.fullmatch(step["uses"]), name
    if step["uses"].startswith("actions/checkout@"):
        assert step["with"]["persist-credentials"] is False, name


def test_contributing_names_each_target_of_the_makefile_that_ci_runs() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    commands = {
        line for _, step in steps() for line in step.get("run", "").splitlines() if line.startswith(("make", "bash"))
    }
    assert commands, "CI runs no target"
    assert [command for command in sorted(commands) if f"`{command.split(' PYTHON')[0]}" not in guide] == []


def test_ci_runs_the_pythons_that_the_package_declares() -> None:
    declared = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    assert parsed_yaml(ROOT / ".github/workflows/ci.yml")["jobs"]["light"]["strategy"]["matrix"]["python"] == declared


def test_shell_scripts_parse() -> None:
    for path in tracked_files(".ci"):
        verdict = run("bash", "-n", path)
        assert verdict.returncode == 0, verdict.stderr


def test_the_makefile_lists_its_targets() -> None:
    text = run("make", "--no-print-directory", "help").stdout
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    assert [line.split()[0] for line in text.splitlines()] == phony[1].split()


def test_the_suite_runs_where_its_tools_are() -> None:
    assert requires_tool("pytest").parent == Path(sys.executable).parent
