"""Whatever a pointer says, validating it starts Git and nothing else, and loads no part of DVC."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from support.cases import valid_files
from support.repositories import new_repository
from support.tools import requires_tool

if TYPE_CHECKING:
    from pathlib import Path

    from support.repositories import Repository

HOSTILE = {
    "case-01": b"outs:\n- md5: a2d5d04c767f0300f5a849af0517910c\n  size: 25\n  hash: md5\n  path: ../../.git/hooks/x\n",
    "case-02": b"outs:\n- md5: ../../etc\n  size: 25\n  hash: md5\n  path: model.joblib\n",
    "case-03": b"cmd: touch started\nwdir: ..\nouts:\n- path: model.joblib\n  cache: false\n",
}
STARTED = re.compile(r'execve\("([^"]+)"')
LOADED = """\
import sys
from modelyard.cli import main
code = main(["validate", *sys.argv[1:]])
print("loaded:", *sorted(name for name in sys.modules if name.partition(".")[0] in ("dvc", "dvc_data", "dvc_objects")))
sys.exit(code)
"""


def hostile_repository(directory: Path) -> Repository:
    """Return a repository whose last commit brings a version with three hostile pointers."""
    repository = new_repository(directory)
    repository.commit(valid_files())
    repository.commit({f"model_registry/fraud-1.1.0/{name}.dvc": data for name, data in HOSTILE.items()})
    return repository


def test_cases_01_to_03_start_no_process_but_git(tmp_path: Path) -> None:
    repository = hostile_repository(tmp_path / "registry")
    trace = tmp_path / "trace"
    strace = [str(requires_tool("strace")), "-f", "-qq", "-e", "trace=execve", "-o", str(trace)]
    for arguments in (["--base", "HEAD~1"], []):
        command = [*strace, sys.executable, "-m", "modelyard", "validate", *arguments]
        run = subprocess.run(command, cwd=repository.path, capture_output=True, text=True, check=False)
        assert run.returncode == 1, run.stderr
        refused = set(
            re.findall(r"^model_registry/fraud-1.1.0/([^.:]+)\.dvc:[0-9:]+ error MY401 ", run.stdout, re.MULTILINE)
        )
        assert refused == HOSTILE.keys()
        started = {path.rpartition("/")[2] for path in STARTED.findall(trace.read_text("utf-8"))}
        assert started - {"git"} == {sys.executable.rpartition("/")[2]}
    assert not (repository.path / "started").exists()


def test_cases_01_to_03_load_no_part_of_dvc(tmp_path: Path) -> None:
    repository = hostile_repository(tmp_path / "registry")
    for arguments in (["--base", "HEAD~1"], []):
        command = [sys.executable, "-c", LOADED, *arguments]
        run = subprocess.run(command, cwd=repository.path, capture_output=True, text=True, check=False)
        assert run.returncode == 1, run.stderr
        assert run.stdout.splitlines()[-1] == "loaded:"
