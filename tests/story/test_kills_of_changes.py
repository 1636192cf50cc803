"""A command that changes the registry is killed between any two of its steps: what stands is the old state or the new.

Each command is run once in peace, which says what its new state is, and then killed at each rename, or at each
process of Git that it starts, until it has no more of them.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from support.kills import killed
from support.objects import files_below
from support.registry import Scene, copied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# How many files a change writes or takes away, and with the journal how many renames that takes.
IN_THE_WORK_TREE = {
    "promote fraud@1.1.0 --to staging": 2,
    "promote fraud@1.1.0 --with churn@2.0.0 --to staging": 3,
    "demote fraud --from production": 2,
    "rollback fraud --stage staging --to 1.0.0 --reason slow": 2,
    "yank fraud@1.2.0 --reason leaked": 2,
    "deprecate fraud --reason old": 2,
    "transfer fraud --to @example/risk": 2,
    "retire fraud@1.2.0 churn@2.0.0 --reason old": 7,
}
IN_ONE_COMMIT = tuple(IN_THE_WORK_TREE)[1::6]
EVERY = 4
"""Every which process is killed: most of them only read, and each run takes its time."""


@pytest.fixture(scope="module")
def before(merged_once: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Return a registry with fraud@1.2.0 and churn@2.0.0 besides, in no stage; staging has had fraud@1.1.0."""
    scene = copied(merged_once, tmp_path_factory.mktemp("before") / "scene")
    for name, version in (("fraud", "1.2.0"), ("churn", "2.0.0")):
        assert scene.register("--version", version, "--branch", name=name).code == 0
        scene.merge(f"register/{name}-{version}")
    return scene


@pytest.fixture
def promoted(before: Scene, tmp_path: Path) -> Scene:
    """Return the same with fraud@1.1.0 in staging, so that there is something to roll back."""
    scene = copied(before, tmp_path / "promoted")
    words = ("--to", "staging", "--commit", "--registry", scene.registry.path)
    assert scene.run("promote", "fraud@1.1.0", *words).code == 0
    return scene


@pytest.fixture
def start(before: Scene, promoted: Scene, command: str) -> Scene:
    return promoted if command.startswith("rollback") else before


def tree(scene: Scene) -> dict[str, bytes]:
    """Return what the work tree holds of the registry."""
    root = scene.registry.path / "model_registry"
    return {path: (root / path).read_bytes() for path in files_below(root)}


def after(start: Scene, path: Path, command: str, *more: str) -> Scene:
    """Return the registry where the command was left in peace."""
    scene = copied(start, path)
    ran = scene.run(*shlex.split(command), "--registry", scene.registry.path, *more)
    assert ran.code == 0, ran.err
    return scene


def kills(start: Scene, path: Path, call: str, command: str, *more: str, every: int = 1) -> Iterator[tuple[int, Scene]]:
    """Yield the number of each kill and what it left, until the command survives."""
    number = 1
    while True:
        scene = copied(start, path / f"{call}-{number}")
        if not killed(scene, call, number, *shlex.split(command), *more):
            return
        yield number, scene
        number += every


def again(scene: Scene, command: str, *more: str) -> int:
    return scene.run(*shlex.split(command), "--registry", scene.registry.path, *more).code


@pytest.mark.parametrize("command", IN_THE_WORK_TREE)
def test_in_the_work_tree(command: str, start: Scene, tmp_path: Path) -> None:
    old, new = tree(start), tree(after(start, tmp_path / "after", command))
    assert old != new

    deaths = 0
    for number, scene in kills(start, tmp_path, "rename", command):
        deaths += 1
        left = tree(scene)
        # Of one file there is no half. Of several, what was promised is begun, and nothing else is touched.
        assert left == old if number <= 2 else all(left.get(path) in (old.get(path), new.get(path)) for path in left)
        assert scene.registry.head == start.registry.head
        assert again(scene, command) == 0
        assert tree(scene) == new
        assert files_below(scene.registry.path / ".git/modelyard") == {"lock"}
    assert deaths == IN_THE_WORK_TREE[command]


@pytest.mark.parametrize("command", IN_ONE_COMMIT)
def test_on_a_branch(command: str, start: Scene, tmp_path: Path) -> None:
    peaceful = after(start, tmp_path / "after", command, "--branch", "next").registry
    new = peaceful.git("rev-parse", "next^{tree}")

    branches = set()
    for _, scene in kills(start, tmp_path, "vfork", command, "--branch", "next", every=EVERY):
        git = scene.registry.git
        there = git("branch", "--list", "next") != ""
        branches.add(there)
        assert tree(scene) == tree(start)
        assert git("status", "--porcelain") == ""
        # Where it was made before the end, it stands.
        assert again(scene, command, "--branch", "next") == 0
        assert git("rev-parse", "next^{tree}") == new
    assert False in branches


@pytest.mark.parametrize("command", IN_ONE_COMMIT)
@pytest.mark.parametrize("call", ["rename", "vfork", "rmdir"])
def test_on_the_branch_that_is_checked_out(command: str, call: str, start: Scene, tmp_path: Path) -> None:
    old = start.registry
    new = after(start, tmp_path / "after", command, "--commit")
    every = EVERY if call == "vfork" else 1

    deaths = 0
    for _, scene in kills(start, tmp_path, call, command, "--commit", every=every):
        deaths += 1
        git = scene.registry.git
        done = scene.registry.head != old.head
        if done:
            assert git("rev-parse", "HEAD~1") == old.head
            assert git("status", "--porcelain") == ""
        # What is done is refused the second time: the version is in the stage, or not registered any more.
        assert (again(scene, command, "--commit") == 0) is not done
        assert git("rev-parse", "HEAD^{tree}") == new.registry.git("rev-parse", "HEAD^{tree}")
        assert git("rev-list", "--count", "HEAD") == new.registry.git("rev-list", "--count", "HEAD")
        assert git("status", "--porcelain") == ""
        assert tree(scene) == tree(new)
    assert deaths
