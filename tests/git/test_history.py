from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.errors import NotFinished
from modelyard.git.history import (
    commits_between,
    first_parent_changes,
    is_ancestor,
    is_on_first_parents,
    merge_base,
)
from modelyard.git.references import default_branch, head_id, served_branch
from support.repositories import Repository, new_repository, run_git

if TYPE_CHECKING:
    from pathlib import Path

STAGE = "model_registry/stages/production/fraud.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "registry")


@pytest.fixture
def shallow(repository: Repository, tmp_path: Path) -> Repository:
    repository.commit({STAGE: b"1"})
    repository.commit({STAGE: b"2"})
    run_git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository.path}", "shallow")
    return Repository(tmp_path / "shallow")


def merge(repository: Repository, files: dict[str, bytes], message: str) -> str:
    """Change files on a branch of two commits and merge it, as a pull request does."""
    repository.git("checkout", "--quiet", "-b", "side")
    for path, content in files.items():
        repository.commit({path: content}, "Work")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "--message", message, "side")
    repository.git("branch", "--quiet", "--delete", "side")
    return repository.head


def test_the_commits_between_two_leave_out_merges(repository: Repository) -> None:
    old = repository.commit({"a": b"1"}, "feat: begin")
    merge(repository, {"train.py": b"", "README": b""}, "Merge")
    repository.commit({"train.py": b"2"}, "feat!: drop a feature\n\nBREAKING CHANGE: one input fewer")
    new = repository.head
    found = commits_between(repository.location, old, new)
    assert [(entry.subject, entry.body) for entry in found] == [
        ("feat!: drop a feature", "BREAKING CHANGE: one input fewer"),
        ("Work", ""),
        ("Work", ""),
    ]
    assert len(commits_between(repository.location, old, new, "train.py")) == 2
    assert commits_between(repository.location, new, new) == ()


def test_the_merge_base_is_where_a_branch_began(repository: Repository) -> None:
    base = repository.commit({"a": b"1"})
    repository.git("checkout", "--quiet", "-b", "side")
    side = repository.commit({"b": b""})
    repository.git("checkout", "--quiet", "main")
    head = repository.commit({"c": b""})
    assert merge_base(repository.location, head, side) == base


def test_histories_that_never_met_have_no_merge_base(repository: Repository) -> None:
    head = repository.commit({"a": b"1"})
    assert merge_base(repository.location, head, repository.commit_tree(repository.make_tree({"b": b""}))) is None


def test_a_shallow_clone_cannot_answer_for_history(shallow: Repository) -> None:
    location, head = shallow.location, shallow.head
    other = shallow.commit_tree(shallow.make_tree({"b": b""}))
    with pytest.raises(NotFinished) as caught:
        merge_base(location, head, other)
    assert str(caught.value) == "the clone is too shallow to hold the merge base"
    assert caught.value.hint == "git fetch --unshallow"
    with pytest.raises(NotFinished) as caught:
        commits_between(location, other, head)
    assert str(caught.value) == f"the commits since {other[:12]} are cut off in this shallow clone"


def test_a_merge_base_before_which_history_is_cut_off_is_not_taken(repository: Repository, tmp_path: Path) -> None:
    """The shallow clone sees an old common ancestor, and not the newer one behind the cut."""
    old = repository.commit({"a": b"1"})
    newer = repository.commit({"a": b"2"})
    deep = repository.commit({"b": b"1"})
    tree = f"{deep}^{{tree}}"
    # Both sides come from `newer` by a way that is cut off, and from `old` by one that is not.
    one = repository.commit_tree(tree, old, repository.commit_tree(tree, newer, message="one"), message="One")
    other = repository.commit_tree(tree, old, repository.commit_tree(tree, newer, message="other"), message="Other")
    repository.git("branch", "one", one)
    repository.git("branch", "other", other)
    assert merge_base(repository.location, one, other) == newer
    clone = new_repository(tmp_path / "clone")
    clone.git("fetch", "--quiet", "--depth=2", repository.path.as_uri(), "one", "other")
    assert clone.git("merge-base", one, other) == old

    with pytest.raises(NotFinished) as caught:
        merge_base(clone.location, one, other)

    assert str(caught.value) == "the clone is too shallow to hold the merge base"
    assert caught.value.hint == "git fetch --unshallow"


def test_a_branch_has_been_at_its_first_parents_and_at_nothing_else_that_it_holds(repository: Repository) -> None:
    start = repository.commit({"a": b""}, "Start")
    tip = merge(repository, {STAGE: b"1", "b": b"1"}, "Merge")
    inner = repository.git("rev-parse", f"{tip}^2")
    location = repository.location

    assert [is_on_first_parents(location, commit, tip) for commit in (tip, start, inner)] == [True, True, False]
    assert (is_ancestor(location, inner, tip), is_ancestor(location, tip, inner)) == (True, False)
    assert first_parent_changes(location, start, tip, STAGE) == (tip,)
    assert first_parent_changes(location, start, tip, "elsewhere") == ()


def test_the_served_branch_is_that_of_head_whether_it_is_there_or_not(repository: Repository) -> None:
    assert (served_branch(repository.location), head_id(repository.location)) == ("refs/heads/main", None)
    commit = repository.commit({"a": b""})
    assert head_id(repository.location) == commit
    repository.git("checkout", "--quiet", "--detach")
    assert (served_branch(repository.location), head_id(repository.location)) == (None, commit)


def test_the_default_branch_is_what_the_remote_says(repository: Repository, tmp_path: Path) -> None:
    assert default_branch(repository.location) is None
    repository.commit({"a": b""})
    assert default_branch(repository.location) == "refs/heads/main"
    repository.git("branch", "--move", "trunk")
    assert default_branch(repository.location) is None
    run_git(tmp_path, "clone", "--quiet", str(repository.path), "clone")
    assert default_branch(Repository(tmp_path / "clone").location) == "refs/remotes/origin/trunk"
