from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from modelyard.errors import NotFinished, Refused, UsageError
from modelyard.git.location import locate
from modelyard.git.objects import ObjectReader
from modelyard.git.workspace import commit_to_new_branch, push
from modelyard.tree import CommitTree, Kind
from support.races import race
from support.repositories import Repository, bare_repository, new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.git.location import Location

VERSION = "model_registry/fraud-1.0.0"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "registry")


def files_at(location: Location, commit: str) -> dict[str, bytes]:
    with ObjectReader(location) as reader:
        tree = CommitTree(reader, commit)
        return _files(tree, "")


def _files(tree: CommitTree, directory: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in tree.entries(directory):
        path = f"{directory}/{entry.name}" if directory else entry.name
        found |= _files(tree, path) if entry.kind is Kind.DIRECTORY else {path: tree.read(path)}
    return found


def state(repository: Repository) -> dict[str, bytes]:
    """Return every byte that a commit elsewhere must leave alone."""
    work = {str(path): path.read_bytes() for path in repository.path.rglob("*") if path.is_file()}
    return {name: content for name, content in work.items() if "/.git/objects/" not in name}


def test_a_branch_appears_with_its_commit_and_nothing_else_moves(repository: Repository) -> None:
    head = repository.commit({"README.md": b"1", f"{VERSION}/metadata.yaml": b"old", "gone/a/b": b"", "gone/c": b""})
    repository.write({"staged": b"staged", "README.md": b"edited"})
    repository.git("add", "staged")
    before = state(repository)
    files = {f"{VERSION}/metadata.yaml": b"new\r\n", f"{VERSION}/größe\n": b"\0", "gone": None, "nowhere": None}
    commit = commit_to_new_branch(repository.location, branch="register/fraud-1.0.0", files=files, message="Register ü")
    assert files_at(repository.location, commit) == {
        "README.md": b"1",
        f"{VERSION}/metadata.yaml": b"new\r\n",
        f"{VERSION}/größe\n": b"\0",
    }
    branch = f"{repository.path}/.git/refs/heads/register/fraud-1.0.0"
    logs = f"{repository.path}/.git/logs/refs/heads/register/fraud-1.0.0"
    after = {name: content for name, content in state(repository).items() if name not in (branch, logs)}
    assert after == before
    assert repository.git("log", "-1", "--format=%P|%an|%cn|%ce|%B", commit) == (
        f"{head}|Carl Committer|Carl Committer|carl@example.org|Register ü\n"
    )
    assert repository.git("rev-parse", "refs/heads/register/fraud-1.0.0") == commit


def test_a_file_takes_the_place_of_a_directory_and_the_reverse(repository: Repository) -> None:
    repository.commit({"a/b": b"1", "c": b"1", "link": b"c"}, kinds={"link": Kind.SYMLINK})
    files = {"a": b"2", "c/d": b"2", "link": b"2"}
    commit = commit_to_new_branch(repository.location, branch="b", files=files, message="Swap")
    assert files_at(repository.location, commit) == {"a": b"2", "c/d": b"2", "link": b"2"}


def test_the_first_commit_of_a_repository(repository: Repository) -> None:
    commit = commit_to_new_branch(repository.location, branch="begin", files={"a": b"1"}, message="Begin")
    assert repository.git("rev-list", "--parents", "begin") == commit
    with ObjectReader(repository.location) as reader:
        assert reader.head() is None


def test_a_base_other_than_head(repository: Repository) -> None:
    first = repository.commit({"a": b"1"})
    repository.commit({"a": b"2", "b": b"2"})
    commit = commit_to_new_branch(repository.location, branch="b", files={"c": b""}, message="From", base=first)
    assert files_at(repository.location, commit) == {"a": b"1", "c": b""}


def test_a_bare_repository_and_a_detached_worktree_can_be_written(repository: Repository, tmp_path: Path) -> None:
    head = repository.commit({"a": b"1", "b": b"1"})
    bare = bare_repository(tmp_path / "origin.git")
    bare.git("config", "user.name", "Server")
    repository.git("push", "--quiet", str(bare.path), "main")
    repository.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    for place in (bare.path, tmp_path / "linked"):
        location = locate(place)
        commit = commit_to_new_branch(location, branch="from-there", files={"a": None}, message="Remove")
        assert files_at(location, commit) == {"b": b"1"}
        assert location.run("rev-parse", "HEAD").decode().strip() == head


@pytest.mark.parametrize("taken", ["main", "main/deeper"])
def test_a_branch_that_exists_is_refused(repository: Repository, taken: str) -> None:
    head = repository.commit({"a": b"1"})
    repository.git("branch", "--move", taken)
    with pytest.raises(Refused) as caught:
        commit_to_new_branch(repository.location, branch="main", files={"a": b"2"}, message="No")
    assert str(caught.value) == f"branch {taken!r} exists already"
    git = f"git -C {repository.path}"
    assert caught.value.hint == f"{git} log -p HEAD..{taken} shows what it brings; --branch NAME makes another one"
    assert repository.git("rev-parse", taken) == head


def test_a_branch_under_another_branch_is_no_branch(repository: Repository) -> None:
    repository.commit({"a": b"1"})
    with pytest.raises(NotFinished, match="'refs/heads/main' exists; cannot create 'refs/heads/main/x'"):
        commit_to_new_branch(repository.location, branch="main/x", files={"a": b"2"}, message="No")


@pytest.mark.parametrize("branch", ["--orphan", "a..b", ""])
def test_what_is_no_branch_is_wrong_usage(repository: Repository, branch: str) -> None:
    with pytest.raises(UsageError):
        commit_to_new_branch(repository.location, branch=branch, files={"a": b"2"}, message="No")


@pytest.mark.parametrize("path", [".git/config", "../x", "a/../b", "/x", "a/.git/x", ""])
def test_a_path_that_git_refuses_makes_no_branch(repository: Repository, path: str) -> None:
    repository.commit({"a": b"1"})
    with pytest.raises(UsageError) as caught:
        commit_to_new_branch(repository.location, branch="b", files={"c": b"", path: b""}, message="No")
    assert str(caught.value) == f"{path!r} is not a path that Git takes"
    assert repository.git("branch", "--list", "b") == ""


def test_without_an_identity_the_two_commands_are_named(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repository.git("config", "--unset", "user.name")
    repository.git("config", "--unset", "user.email")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    with pytest.raises(NotFinished) as caught:
        commit_to_new_branch(repository.location, branch="b", files={"a": b""}, message="No")
    assert str(caught.value) == "Git does not know who commits"
    assert caught.value.hint == (
        "git config --global user.name 'Your Name' && git config --global user.email you@example.org"
    )


def test_a_commit_needs_no_library(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "git", None)
    commit = commit_to_new_branch(repository.location, branch="b", files={"a": b"1"}, message="Alone")
    assert files_at(repository.location, commit) == {"a": b"1"}


def test_a_commit_is_signed_where_the_configuration_says_so(repository: Repository, tmp_path: Path) -> None:
    signer = tmp_path / "signer"
    signer.write_text("#!/bin/sh\ncat > /dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho 'a signature'\n")
    signer.chmod(0o755)
    repository.git("config", "gpg.program", str(signer))
    repository.git("config", "commit.gpgSign", "true")
    commit = commit_to_new_branch(repository.location, branch="b", files={"a": b""}, message="Signed")
    assert "gpgsig a signature" in repository.git("cat-file", "commit", commit)


def test_a_signature_that_fails_makes_no_branch(repository: Repository) -> None:
    repository.git("config", "gpg.program", "/bin/false")
    repository.git("config", "commit.gpgSign", "true")
    with pytest.raises(NotFinished) as caught:
        commit_to_new_branch(repository.location, branch="b", files={"a": b""}, message="Signed")
    assert str(caught.value) == "git commit-tree failed with exit code 1: gpg failed to sign the data"
    assert repository.git("branch", "--list", "b") == ""


def test_the_index_of_a_calling_hook_is_left_alone(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit({"a": b"1"})
    other = new_repository(repository.path.parent / "other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git/index"))
    commit = commit_to_new_branch(repository.location, branch="b", files={"b": b"2"}, message="Here")
    assert files_at(repository.location, commit) == {"a": b"1", "b": b"2"}
    assert not (other.path / ".git/index").exists()


RACER = """
    from pathlib import Path
    from modelyard.errors import Refused
    from modelyard.git.location import locate
    from modelyard.git.workspace import commit_to_new_branch
    location, files = locate(Path(sys.argv[1])), {"winner": sys.argv[2].encode()}
    meet()
    try:
        print(commit_to_new_branch(location, branch="same", files=files, message="Race"))
    except Refused as error:
        print(error)
"""


def test_of_two_commits_to_one_new_branch_exactly_one_wins(repository: Repository) -> None:
    repository.commit({"a": b"1"})
    outcomes = race(RACER, [[str(repository.path), number] for number in "12"])
    assert sorted(outcomes, key=len) == ["branch 'same' exists already", repository.git("rev-parse", "same")]


def test_a_branch_that_was_merged_is_moved_on(repository: Repository) -> None:
    repository.commit({"a": b"1"})
    first = commit_to_new_branch(repository.location, branch="again", files={"a": b"2"}, message="First")
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "again")
    second = commit_to_new_branch(repository.location, branch="again", files={"a": b"3"}, message="Second")
    assert repository.git("rev-parse", "again", "again^").split() == [second, repository.head]
    assert repository.git("merge-base", first, second) == first


def test_a_branch_that_is_checked_out_somewhere_stays_where_it_is(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a": b"1"})
    tip = commit_to_new_branch(repository.location, branch="again", files={"a": b"2"}, message="First")
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "again")
    repository.git("worktree", "add", "--quiet", str(tmp_path / "elsewhere"), "again")
    with pytest.raises(Refused) as caught:
        commit_to_new_branch(repository.location, branch="again", files={"a": b"3"}, message="Second")
    assert str(caught.value) == "branch 'again' exists already"
    assert repository.git("rev-parse", "again") == tip


def test_the_lock_of_the_branch_decides_the_race(repository: Repository) -> None:
    # The other process creates the branch after our first look: its hook runs while we commit.
    head = repository.commit({"a": b"1"})
    hook = repository.path / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\n[ "$1" = prepared ] || exit 0\necho {head} > "$GIT_DIR/refs/heads/same"\nexit 1\n')
    hook.chmod(0o755)
    with pytest.raises(Refused) as caught:
        commit_to_new_branch(repository.location, branch="same", files={"a": b"2"}, message="Late")
    assert str(caught.value) == "branch 'same' exists already"
    assert repository.git("rev-parse", "same") == head


def test_a_branch_is_pushed(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a": b"1"})
    bare = bare_repository(tmp_path / "origin.git")
    repository.git("remote", "add", "origin", str(bare.path))
    commit = commit_to_new_branch(repository.location, branch="b", files={"a": b"2"}, message="Push")
    push(repository.location, "origin", "b")
    push(repository.location, "origin", "b")
    assert bare.git("for-each-ref", "--format=%(refname) %(objectname)") == f"refs/heads/b {commit}"


def test_a_push_never_replaces_another_branch(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a": b"1"})
    bare = bare_repository(tmp_path / "origin.git")
    other = new_repository(tmp_path / "other")
    theirs = other.commit({"x": b""})
    other.git("push", "--quiet", str(bare.path), "main")
    with pytest.raises(Refused) as caught:
        push(repository.location, str(bare.path), "main")
    assert str(caught.value) == f"remote {str(bare.path)!r} refused branch 'main': [rejected] (fetch first)"
    assert bare.git("rev-parse", "main") == theirs


def test_an_unreachable_remote_is_named_without_credentials(repository: Repository) -> None:
    repository.commit({"a": b"1"})
    with pytest.raises(NotFinished) as caught:
        push(repository.location, "http://user:secret@127.0.0.1:9/m.git", "main")
    assert str(caught.value).startswith(
        "branch 'main' was not pushed to 'http://127.0.0.1:9/m.git': unable to access 'http://127.0.0.1:9/m.git/'"
    )
    assert caught.value.hint == "git push http://127.0.0.1:9/m.git main"


@pytest.mark.parametrize("remote", ["ext::touch x", "--exec=touch x", "-o"])
def test_a_remote_that_would_be_run_is_refused(repository: Repository, remote: str) -> None:
    repository.commit({"a": b"1"})
    with pytest.raises(UsageError):
        push(repository.location, remote, "main")
    assert not os.path.lexists(repository.path / "x")
