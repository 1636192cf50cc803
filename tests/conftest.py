"""The surroundings of every test: nothing of the desk or of a calling hook gets in."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A hook passes GIT_DIR and GIT_INDEX_FILE on, a CI job GITHUB_* or CI_*, a desk anything.
FOREIGN = ("AWS_", "CI_", "DVC_", "GIT_", "GITHUB_", "GITLAB_", "MLFLOW_", "MODELYARD_", "RCLONE_", "SSH_", "XDG_")

GIT_CONFIG = """\
[user]
    name = Test
    email = test@example.org
[init]
    defaultBranch = main
[commit]
    gpgSign = false
[maintenance]
    auto = false
[gc]
    auto = 0
"""

settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "desk")


@pytest.fixture(scope="session", autouse=True)
def isolated_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the whole session a home, a Git identity, a time zone and caches of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in [name for name in os.environ if name.startswith(FOREIGN)]:
            patch.delenv(variable)
        for variable, value in surroundings(tmp_path_factory.mktemp("home")).items():
            patch.setenv(variable, value)
        time.tzset()
        mask = os.umask(0o022)
        yield
        os.umask(mask)
    time.tzset()


def surroundings(home: Path) -> dict[str, str]:
    """Return the environment of a session whose home is the given directory."""
    git_config = home / "gitconfig"
    git_config.write_text(GIT_CONFIG, encoding="utf-8")
    return {
        "AWS_EC2_METADATA_DISABLED": "true",
        "DO_NOT_TRACK": "1",
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(home / "dvc-site-cache"),
        "GIT_CONFIG_GLOBAL": str(git_config),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        # Commands of the environment that runs the tests come before those of the desk.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "TZ": "UTC",
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
    }


@pytest.fixture
def fetches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Return what counts the runs of `git fetch` since the last count, those that git itself starts included."""
    trace = tmp_path / "trace"
    trace.touch()
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))

    def count() -> int:
        events = [json.loads(line) for line in trace.read_text("utf-8").splitlines()]
        trace.write_text("", "utf-8")
        return sum(event["event"] == "cmd_name" and event["name"] == "fetch" for event in events)

    return count
