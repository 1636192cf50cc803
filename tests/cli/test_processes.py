"""How many processes a command starts: never one for each version."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import counted_git, run_command
from support.registry import Scene, founded_scene, merged_scene
from support.tools import requires_tool


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    scene = founded_scene(tmp_path_factory.mktemp("scene"))
    merged_scene(scene)
    return scene


@pytest.mark.parametrize(
    ("words", "subcommands"),
    [
        (["validate", "model_registry/fraud-1.0.0"], ["rev-parse", "ls-files"]),
        (["validate"], ["rev-parse", "ls-files"]),
        (["validate", "--staged"], ["rev-parse", "cat-file", "diff-index"]),
        (["validate", "--base", "HEAD~1"], ["rev-parse", "cat-file"]),
        (["resolve", "fraud@^1.0"], ["rev-parse", "cat-file"]),
    ],
    ids=" ".join,
)
def test_a_command_starts_these_processes_and_no_more(
    words: list[str], subcommands: list[str], scene: Scene, tmp_path: Path
) -> None:
    log, path = counted_git(tmp_path, requires_tool("git"))

    ended = run_command(*words, directory=scene.registry.path, PATH=path)

    assert (ended.code, ended.err) == (0, "")
    started = [_subcommand(line) for line in log.read_text().splitlines()]
    assert started == subcommands


def _subcommand(line: str) -> str:
    """Return which command of git a command line is; the hardened prefix is options and their values."""
    words = iter(line.split(" "))
    for word in words:
        if word in ("-c", "-C"):
            next(words)
        elif not word.startswith("-"):
            return word
    return ""
