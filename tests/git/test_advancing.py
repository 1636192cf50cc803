from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.errors import ModelyardError, NotFinished, Refused, UsageError
from modelyard.git.advancing import advance, current_branch
from modelyard.git.workspace import write_commit
from support.repositories import Repository, new_repository

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"stage.yaml": b"new\n", "added [1].yaml": b"added\n", "gone": None}
PATHS = tuple(FILES)
SUBJECT = "Promote fraud@1.1.0"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository in whose work tree the next commit stands already."""
    repository = new_repository(tmp_path / "registry")
    repository.commit({"stage.yaml": b"old\n", "gone/a": b"a", "gone/b": b"b", "README.md": b"1"})
    repository.write({"stage.yaml": b"new\n", "added [1].yaml": b"added\n"})
    for name in ("a", "b"):
        (repository.path / "gone" / name).unlink()
    return repository


def written(repository: Repository) -> str:
    return write_commit(repository.location, files=FILES, message=SUBJECT)


def refusal(repository: Repository, new: str, *, old: str) -> tuple[type, str, str | None]:
    """Return why the branch does not move, and make sure that index and branch are as they were."""
    before = (repository.git("ls-files", "--stage"), repository.head)
    with pytest.raises(ModelyardError) as caught:
        advance(repository.location, PATHS, old=old, new=new, subject=SUBJECT)
    assert (repository.git("ls-files", "--stage"), repository.head) == before
    return type(caught.value), caught.value.message, caught.value.hint


def test_branch_and_index_move_and_what_else_is_staged_stays_so(repository: Repository) -> None:
    old = repository.head
    repository.write({"mine": b"mine", "added 1.yaml": b"another"})
    repository.git("add", "mine", "added 1.yaml")
    new = written(repository)
    assert repository.head == old

    advance(repository.location, PATHS, old=old, new=new, subject=SUBJECT)

    assert repository.head == new
    assert repository.git("symbolic-ref", "HEAD") == "refs/heads/main"
    assert repository.git("status", "--porcelain").split("\n") == ['A  "added 1.yaml"', "A  mine"]
    assert repository.git("reflog", "-1", "--format=%gs") == f"commit: {SUBJECT}"


def test_what_a_killed_run_had_staged_is_no_obstacle(repository: Repository) -> None:
    old, new = repository.head, written(repository)
    repository.git("add", "--all")

    advance(repository.location, PATHS, old=old, new=new, subject=SUBJECT)

    assert repository.git("status", "--porcelain") == ""


def test_what_somebody_staged_there_is_not_lost(repository: Repository) -> None:
    repository.write({"stage.yaml": b"mine\n"})
    repository.git("add", "stage.yaml")

    assert refusal(repository, written(repository), old=repository.head) == (
        Refused,
        "stage.yaml has changes that are staged",
        "git diff --staged stage.yaml",
    )


def test_a_branch_that_has_moved_is_left_alone(repository: Repository) -> None:
    old, new = repository.head, written(repository)
    repository.git("commit", "--quiet", "--allow-empty", "--message", "Meanwhile")

    assert refusal(repository, new, old=old) == (
        Refused,
        "the branch that is checked out has moved meanwhile",
        "the same command again",
    )


def test_an_index_that_another_git_writes(repository: Repository) -> None:
    (repository.path / ".git/index.lock").touch()

    kind, message, hint = refusal(repository, written(repository), old=repository.head)

    assert (kind, hint) == (NotFinished, "git status")
    assert message.startswith("the index cannot be written: Unable to create ")


def test_a_merge_that_is_not_finished(repository: Repository) -> None:
    repository.git("stash", "--quiet")
    repository.git("switch", "--quiet", "--create", "other")
    repository.commit({"README.md": b"2"})
    repository.git("switch", "--quiet", "main")
    repository.commit({"README.md": b"3"})
    with pytest.raises(AssertionError):
        repository.git("merge", "other")

    assert refusal(repository, written(repository), old=repository.head) == (
        UsageError,
        "'README.md' is not merged yet",
        "git status",
    )


def test_the_branch_that_is_checked_out(repository: Repository) -> None:
    assert current_branch(repository.location) == "main"
    repository.git("switch", "--quiet", "--detach")
    with pytest.raises(Refused) as caught:
        current_branch(repository.location)
    assert (caught.value.message, caught.value.hint) == (
        "no branch is checked out",
        "git switch BRANCH, or --branch for a new one",
    )
