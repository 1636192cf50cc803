"""A registration that dies at any of its calls of the kernel, or that cannot be made: nothing, or one whole version."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.calls import calls_of, strike
from support.registry import Ran, Scene, copied, modelyard, unchanged
from support.torture import sampled

KILLS = 6
VERSION = "model_registry/fraud-1.0.0"


def words(scene: Scene, *more: str) -> list[str | Path]:
    training = scene.training.path
    given: list[str | Path] = ["--artifact", training / "model.joblib", "--dataset", training / "data.csv"]
    return ["register", "fraud", "--registry", scene.registry.path, *given, "--license", "MIT", *more]


def test_case_35_a_registration_that_is_killed_anywhere_is_nothing_or_whole(founded: Scene, tmp_path: Path) -> None:
    measured = copied(founded, tmp_path / "measured")
    calls = calls_of(
        words(measured, "--version", "1.0.0"),
        directory=tmp_path,
        trace=tmp_path / "trace",
        within=str(measured.registry.path / ".dvc" / "cache"),
    )
    for number, call in enumerate(sampled(calls, KILLS)):
        scene = copied(founded, tmp_path / str(number))
        registration = words(scene, "--version", "1.0.0")

        strike(registration, call, "signal=KILL", directory=tmp_path)

        if (scene.registry.path / VERSION).exists():
            assert modelyard("validate", scene.registry.path).code == 0, call
        ran = modelyard(*registration)
        assert ran.code == 0 or "1.0.0 exists already" in ran.err, (call, ran)
        shown = scene.registry.git("status", "--porcelain").split("\n")
        assert [line[3:] for line in shown] == [f"{VERSION}/", "model_registry/models/"], call
        assert modelyard("validate", scene.registry.path).code == 0, call
        scene.registry.git("fsck", "--strict")
        shutil.rmtree(scene.path)


def test_case_36_a_version_that_is_there_is_not_registered_again(merged: Scene) -> None:
    with unchanged(merged.registry):
        ran = merged.run(*words(merged, "--version", "1.0.0"))

    assert ran == Ran(
        1,
        "",
        "modelyard: fraud@1.0.0 exists already; a version never changes once it is registered\n"
        "    hint: --version 1.1.1, or --bump patch|minor|major\n",
    )


def test_case_36_a_detached_head_registers(founded: Scene) -> None:
    founded.registry.git("switch", "--quiet", "--detach")

    ran = founded.run(*words(founded, "--version", "1.0.0"))

    assert (ran.code, ran.err) == (0, "")
    assert founded.run("validate").code == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, where this process may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_case_36_a_repository_that_is_read_only_is_left_alone(founded: Scene, disk: Path) -> None:
    scene = copied(founded, disk / "scene")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)

    ran = scene.run(*words(scene, "--version", "1.0.0"))

    assert (ran.code, ran.out) == (3, "")
    assert "Read-only file system" in ran.err
    assert not (scene.registry.path / VERSION).exists()


def test_case_36_a_disk_that_is_full_is_told(founded: Scene, disk: Path) -> None:
    scene = copied(founded, disk / "scene")
    with unchanged(scene.registry):
        used = shutil.disk_usage(disk).used
        subprocess.run(["mount", "-o", f"remount,size={used}", disk], check=True)

        ran = scene.run(*words(scene, "--version", "1.0.0"))

    assert (ran.code, ran.out) == (3, "")
    assert not (scene.registry.path / VERSION).exists()


@pytest.mark.parametrize("how", [(), ("--branch",), ("--commit",)])
def test_case_36_what_is_staged_stays_so_and_out_of_a_registration(founded: Scene, how: tuple[str, ...]) -> None:
    (founded.registry.path / "README.md").write_text("under way\n", encoding="utf-8")
    founded.registry.git("add", "README.md")
    head, staged = founded.registry.head, founded.registry.git("diff", "--cached")

    ran = founded.run(*words(founded, "--version", "1.0.0", *how))

    assert (ran.code, ran.err) == (0, "")
    assert founded.registry.git("diff", "--cached") == staged
    if how:
        changed = founded.registry.git(
            "diff", "--name-only", head, "register/fraud-1.0.0" if "--branch" in how else "HEAD"
        )
        assert {path.rpartition("/")[0] for path in changed.split("\n")} == {VERSION, "model_registry/models"}


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (
            (),
            (
                "fraud@1.0.0 exists already; a version never changes once it is registered\n"
                "    hint: --version 1.0.1, or --bump patch|minor|major"
            ),
        ),
        (
            ("--commit",),
            f"fraud-1.0.0 exists already; another process or an earlier run made it\n    hint: git status {VERSION}",
        ),
    ],
)
def test_case_36_what_is_staged_where_a_version_goes_is_not_mixed_with_it(
    founded: Scene, how: tuple[str, ...], told: str
) -> None:
    path = founded.registry.path / VERSION / "notes.txt"
    path.parent.mkdir()
    path.write_text("under way\n", encoding="utf-8")
    founded.registry.git("add", str(path))

    with unchanged(founded.registry):
        ran = founded.run(*words(founded, "--version", "1.0.0", *how))

    assert ran == Ran(1, "", f"modelyard: {told}\n")


def test_case_36_a_branch_holds_nothing_of_what_is_staged_where_the_version_goes(founded: Scene) -> None:
    path = founded.registry.path / VERSION / "notes.txt"
    path.parent.mkdir()
    path.write_text("under way\n", encoding="utf-8")
    founded.registry.git("add", str(path))
    staged = founded.registry.git("diff", "--cached")

    ran = founded.run(*words(founded, "--version", "1.0.0", "--branch"))

    assert (ran.code, ran.err) == (0, "")
    assert founded.registry.git("diff", "--cached") == staged
    held = founded.registry.git("ls-tree", "-r", "--name-only", "register/fraud-1.0.0", VERSION)
    assert f"{VERSION}/metadata.yaml" in held.split("\n")
    assert f"{VERSION}/notes.txt" not in held.split("\n")
