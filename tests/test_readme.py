"""The README: its tour runs as it is written, and what it lists is true."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from modelyard.cli.main import COMMANDS
from support import guide
from support.project import ROOT
from support.tools import requires_tool

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS = guide.steps(README)


def git(directory: Path, *arguments: str) -> list[str]:
    """Return the lines that git prints."""
    command = ["git", "-C", str(directory), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """Run the tour once; give what each step printed, and the directory that it ran in."""
    for tool in ("bash", "modelyard", "pre-commit"):
        requires_tool(tool)
    directory = tmp_path_factory.mktemp("tour")
    return guide.run(STEPS, directory), directory


def test_the_tour_prints_what_it_promises(tour: tuple[list[str], Path]) -> None:
    outputs, _directory = tour
    broken = [
        f"README.md:{step.line}: no line {line!r} in\n{output}"
        for step, output in zip(STEPS, outputs, strict=True)
        for line in guide.missing_lines(step.promised, output)
    ]
    assert broken == []


def test_the_change_that_the_tour_has_refused_is_in_no_commit(tour: tuple[list[str], Path]) -> None:
    assert git(tour[1] / "yard", "log", "--all", "--topo-order", "--format=%s") == [
        "Merge branch 'promote/wine-1.0.0-to-production'",
        "Promote wine@1.0.0 to production",
        "Merge branch 'promote/wine-1.0.0-to-staging'",
        "Promote wine@1.0.0 to staging",
        "Merge branch 'register/wine-1.0.0'",
        "Register wine@1.0.0",
        "feat: tell wines apart",
    ]


def test_the_layout_shows_each_file_that_the_tour_made(tour: tuple[list[str], Path]) -> None:
    shown = next(block.text for block in guide.blocks(README) if block.text.startswith("model_registry/"))
    names = {line.split()[0].rpartition("/")[2] for line in shown.splitlines()}
    made = {path.rpartition("/")[2] for path in git(tour[1] / "yard", "ls-files", "model_registry")}
    assert made - names == set()


def test_the_table_names_each_command_and_what_it_does() -> None:
    rows = re.findall(r"^\| `modelyard ([a-z]+)` \| (.+) \|$", README, re.MULTILINE)
    assert dict(rows) == COMMANDS
