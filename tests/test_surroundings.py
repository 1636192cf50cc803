"""The suite runs alike on a desk, in CI and inside a Git hook."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.tools import requires_tool

# What a hook, a CI job and a desk leave behind.
POLLUTION = {
    "AWS_PROFILE": "company",
    "DVC_SITE_CACHE_DIR": "/nowhere",
    "GIT_DIR": "/nowhere/.git",
    "GIT_INDEX_FILE": "/nowhere/index",
    "GITHUB_ACTIONS": "true",
    "HOME": "/nowhere",
    "MLFLOW_TRACKING_URI": "https://mlflow.example.org",
    "TZ": "Pacific/Kiritimati",
    "XDG_CONFIG_HOME": "/nowhere",
}


def test_nothing_of_the_surroundings_gets_in() -> None:
    allowed = {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_TERMINAL_PROMPT"}
    assert {name for name in os.environ if name.startswith(("GIT_", "GITHUB_"))} == allowed
    assert {name: os.environ.get(name) for name in ("AWS_PROFILE", "MLFLOW_TRACKING_URI")} == {
        "AWS_PROFILE": None,
        "MLFLOW_TRACKING_URI": None,
    }
    assert [name for name, value in os.environ.items() if "/nowhere" in value] == []
    assert Path.home().name.startswith("home")
    assert time.tzname[0] == "UTC"


def test_git_has_an_identity_and_main_is_its_first_branch(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(tmp_path), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "Begin")
    assert git("log", "--format=%an <%ae> %D") == "Test <test@example.org> HEAD -> main\n"


def test_a_polluted_environment_changes_nothing() -> None:
    selected = f"{__file__}::test_nothing_of_the_surroundings_gets_in"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", selected]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **POLLUTION})
    assert run.returncode == 0, run.stdout


def test_a_tool_that_is_there_is_found() -> None:
    assert requires_tool("git").name == "git"


def test_a_missing_tool_skips_by_name_on_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception) as skipped:
        requires_tool("no-such-tool")
    assert skipped.value.msg == "no-such-tool is not installed"


def test_a_missing_tool_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception) as failed:
        requires_tool("no-such-tool")
    assert failed.value.msg == "no-such-tool is not installed"
