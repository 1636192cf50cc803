from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.errors import UsageError
from modelyard.git.objects import ObjectReader
from modelyard.git.revisions import require_branch, require_revision
from support.repositories import new_repository, run_git

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", ["main", "HEAD", "@", "HEAD~2", "v1.0^", "origin/main", "feature/ü", "a" * 40])
def test_what_names_one_commit_is_taken(text: str) -> None:
    assert require_revision(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "--output=x",
        "-x",
        "@{-1}",
        "main@{yesterday}",
        "main..",
        "a...b",
        "^main",
        "HEAD:path",
        ":/fix",
        "a b",
        "a\n",
        "x\0",
    ],
)
def test_what_may_be_something_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        require_revision(text)
    assert str(caught.value) == f"{text!r} is not a revision that names one commit"
    assert caught.value.hint == "give a branch, a tag or a commit id"


def test_an_empty_revision_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        require_revision("")
    assert (str(caught.value), caught.value.hint) == ("the revision is empty", "give a branch, a tag or a commit id")


def test_an_option_for_a_revision_writes_no_file(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "registry")
    repository.commit({"a": b""})
    with ObjectReader(repository.location) as reader, pytest.raises(UsageError):
        reader.commit_id("--output=x")
    assert not (repository.path / "x").exists()


BRANCHES = ["main", "register/fraud-1.0.0", "a-b", "ü", "a.b", "@a"]
NO_BRANCHES = [
    *("", "-x", "HEAD", "@", "a..b", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a."),
    *("a b", "a~", "a^", "a:", "a?", "a*", "a[", "a\\", "a@{b", "a\x7f", "a\n"),
]


@pytest.mark.parametrize("text", BRANCHES)
def test_a_branch_that_git_takes_is_taken(text: str, tmp_path: Path) -> None:
    assert require_branch(text) == run_git(tmp_path, "check-ref-format", "--branch", text)


@pytest.mark.parametrize("text", NO_BRANCHES)
def test_no_branch_that_git_refuses_is_taken(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        require_branch(text)
    assert str(caught.value) == f"{text!r} cannot be the name of a branch"
