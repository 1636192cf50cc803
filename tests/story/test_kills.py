"""A command is killed after its first write: what is to be seen is nothing, or one complete version."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.kills import killed
from support.objects import files_below
from support.registry import Scene

DIRECTORY = "model_registry/fraud-1.0.0"


def registration(scene: Scene, *more: str) -> list[str | Path]:
    training = scene.training.path
    words: list[str | Path] = ["register", "fraud", "--artifact", training / "model.joblib"]
    return [*words, "--dataset", training / "data.csv", "--license", "MIT", "--version", "1.0.0", *more]


def visible(scene: Scene) -> list[str]:
    """Return what Git shows of the work tree."""
    return [line[3:] for line in scene.registry.git("status", "--porcelain").split("\n") if line]


def traces(scene: Scene) -> set[str]:
    """Return all that the killed command had written anywhere."""
    private = scene.registry.path / ".git/modelyard"
    return files_below(private) | files_below(scene.cache) | files_below(scene.storage)


# In the order in which a registration renames: into the cache, into the remote (both below an open
# directory, hence `renameat`), the journal, the model's document, the version.
@pytest.mark.parametrize(
    ("call", "number", "promised"),
    [
        ("renameat", 1, False),
        ("renameat", 2, False),
        ("rename", 1, False),
        ("rename", 2, True),
        ("rename", 3, True),
    ],
)
def test_a_registration_that_is_killed_at_a_rename(founded: Scene, call: str, number: int, promised: bool) -> None:
    assert killed(founded, call, number, *registration(founded))

    # It had written something by then, or nothing is proved.
    assert traces(founded)
    assert not (founded.registry.path / DIRECTORY).exists()
    assert visible(founded) == (["model_registry/models/"] if (call, number) == ("rename", 3) else [])
    founded.registry.git("fsck", "--strict")

    # The next writing command finishes what was promised, and says that it is there, or starts anew.
    ran = founded.run(*registration(founded))

    if not promised:
        assert (ran.code, ran.err) == (0, "")
    else:
        assert ran.code == 1
        assert ran.err == (
            "modelyard: fraud-1.0.0 exists already; another process or an earlier run made it\n"
            f"    hint: git status {DIRECTORY}\n"
        )
    assert visible(founded) == [f"{DIRECTORY}/", "model_registry/models/"]
    assert founded.run("validate").out == "passed: no problems, 1 model version judged\n"
    assert files_below(founded.registry.path / ".git/modelyard") == {"lock"}


@pytest.mark.parametrize("number", [1, 5, 9])
def test_a_registration_that_is_killed_while_it_makes_sure_of_a_write(founded: Scene, number: int) -> None:
    assert killed(founded, "fsync", number, *registration(founded))

    assert traces(founded)
    assert visible(founded) == []
    ran = founded.run(*registration(founded))

    assert ran.code in (0, 1)
    assert visible(founded) == [f"{DIRECTORY}/", "model_registry/models/"]
    assert founded.run("validate").out == "passed: no problems, 1 model version judged\n"


@pytest.mark.parametrize("number", [10, 14, 18, 21])
def test_a_branch_is_absent_or_complete(founded: Scene, number: int) -> None:
    # Each object of Git is written by a process of its own; ours dies before it starts one of them.
    assert killed(founded, "vfork", number, *registration(founded, "--branch"))

    assert traces(founded)
    assert founded.registry.git("branch", "--list", "register/*") == ""
    assert visible(founded) == []
    founded.registry.git("fsck", "--strict")
    ran = founded.run(*registration(founded, "--branch"))
    assert (ran.code, ran.err) == (0, "")
    founded.merge("register/fraud-1.0.0")
    assert founded.run("validate").out == "passed: no problems, 1 model version judged\n"


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_pull_puts_a_whole_file_in_its_place_or_none(merged: Scene, number: int) -> None:
    for path in sorted(merged.cache.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    names = ("model.joblib", "scaler.joblib")
    target = merged.version("fraud-1.0.0")

    # Two renames into the cache, then two into place, all by the one thread whose calls are counted.
    assert killed(merged, "renameat", number, "pull", "fraud@1.0.0", "--jobs", "1")

    # The first to arrive lies in the cache as a part, or as a whole.
    assert files_below(merged.cache)
    right = {name: (merged.training.path / name).read_bytes() for name in names}
    found = {name: (target / name).read_bytes() for name in names if (target / name).exists()}
    assert found.items() <= right.items()
    assert len(found) == max(0, number - 3)
    ran = merged.run("pull", "fraud@1.0.0")
    assert (ran.code, ran.err) == (0, "")
    assert {name: (target / name).read_bytes() for name in names} == right
