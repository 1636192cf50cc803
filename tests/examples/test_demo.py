"""``make demo``: the main job, from training to prediction, as the project shows it."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import joblib
import pytest

from support.project import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ODD_GIT_CONFIG = """\
[init]
    defaultBranch = trunk
[commit]
    gpgSign = true
[merge]
    ff = only
[core]
    hooksPath = /nonexistent
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Run the demo once, on a desk with an odd Git configuration and no identity; give its output and directory."""
    desk = tmp_path_factory.mktemp("demo")
    (desk / "gitconfig").write_text(ODD_GIT_CONFIG, encoding="utf-8")
    result = run_demo(desk, "--keep", "kept", GIT_CONFIG_GLOBAL=str(desk / "gitconfig"))
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stderr == ""
    return result.stdout, desk / "kept"


def run_demo(directory: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "examples/demo.py", *arguments],
        cwd=directory,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_accuracy_it_prints_is_that_of_the_model_in_production(told: tuple[str, Path]) -> None:
    output, kept = told
    with (kept / "app/unseen.csv").open(newline="", encoding="utf-8") as stream:
        _header, *lines = csv.reader(stream)
    model = joblib.load(kept / "app/models/model_registry/digit-reader-1.1.0/model.joblib")
    answers = model.predict([[float(pixel) for pixel in line[:-1]] for line in lines])
    right = sum(int(line[-1]) == answer for line, answer in zip(lines, answers, strict=True))
    assert (
        f"digit-reader@1.1.0 read {right} of {len(lines)} digits right: accuracy {right / len(lines):.4f}\n" in output
    )


def test_neither_training_nor_metrics_have_seen_the_rows_of_the_application(told: tuple[str, Path]) -> None:
    _output, kept = told
    seen = (kept / "training/data/digits.csv").read_text("utf-8").splitlines()
    unseen = (kept / "app/unseen.csv").read_text("utf-8").splitlines()
    assert seen[0] == unseen[0]
    assert len(seen[1:]) + len(unseen[1:]) == 1797
    assert not set(seen[1:]) & set(unseen[1:])


def test_the_bad_change_is_refused_and_nothing_is_merged(told: tuple[str, Path]) -> None:
    output, kept = told
    assert (
        "error MY601 digit-reader@1.1.0 is merged and immutable, but metrics.json was changed: `accuracy` from "
    ) in output
    main = git(kept / "origin.git", "rev-parse", "main")
    assert f"   ✗ exit code 1: nothing was merged, main is still at {main[:12]}\n" in output
    assert "Polish the metrics" not in git(kept / "origin.git", "log", "--format=%s", "main")


def test_every_version_and_promotion_came_by_a_merge(told: tuple[str, Path]) -> None:
    _output, kept = told
    subjects = git(kept / "origin.git", "log", "--first-parent", "--reverse", "--format=%s", "main").splitlines()
    assert subjects == [
        "Found the model registry",
        "Merge remote-tracking branch 'origin/register/digit-reader-1.0.0'",
        "Merge remote-tracking branch 'origin/promote/digit-reader-1.0.0-to-staging'",
        "Merge remote-tracking branch 'origin/promote/digit-reader-1.0.0-to-production'",
        "Merge remote-tracking branch 'origin/register/digit-reader-1.1.0'",
        "Merge remote-tracking branch 'origin/promote/digit-reader-1.1.0-to-staging'",
        "Merge remote-tracking branch 'origin/promote/digit-reader-1.1.0-to-production'",
    ]


def test_the_figures_of_the_registered_versions_are_those_that_the_training_printed(told: tuple[str, Path]) -> None:
    output, kept = told
    printed = re.findall(r"accuracy ([0-9.]+) on n=[0-9]+ test rows", output)
    for version, accuracy in zip(("1.0.0", "1.1.0"), printed, strict=True):
        card = kept / f"review/model_registry/digit-reader-{version}/MODEL_CARD.md"
        assert f"Accuracy {float(accuracy):.3f} on " in card.read_text("utf-8")


def test_a_pipe_gets_plain_text(told: tuple[str, Path]) -> None:
    assert "\x1b" not in told[0]


def test_a_directory_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used/notes.txt").write_text("mine", encoding="utf-8")
    result = run_demo(tmp_path, "--keep", "used")
    assert (result.returncode, result.stdout) == (2, "   ✗ used is not empty; name a new directory\n")
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["notes.txt"]


def test_a_command_that_fails_is_named_with_its_output(tmp_path: Path) -> None:
    commands = tmp_path / "commands"
    commands.mkdir()
    # It stands for a machine on which a command does not work.
    broken = commands / "git"
    broken.write_text('#!/bin/sh\n[ "$1" = init ] || exit 7\necho "no disk left" >&2\nexit 9\n', encoding="utf-8")
    broken.chmod(0o755)
    result = run_demo(tmp_path, "--keep", "kept", PATH=f"{commands}{os.pathsep}{os.environ['PATH']}")
    assert result.returncode == 1
    assert result.stdout == (
        f"   ✗ 'git init --quiet --bare origin.git' in {tmp_path}/kept ended with 9, not 0:\nno disk left\n\n"
    )


def git(directory: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", directory, *arguments], capture_output=True, encoding="utf-8", check=True
    ).stdout.strip()
