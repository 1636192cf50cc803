from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.errors import NotFinished, UsageError
from modelyard.git.failures import GitFailed, NotARepository
from modelyard.git.location import COMMIT_HOOK, Location, locate
from support.repositories import bare_repository, new_repository, run_git

if TYPE_CHECKING:
    from pathlib import Path


def test_a_repository_is_found_from_below(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "größe und raum")
    inside = repository.path / "a/b"
    inside.mkdir(parents=True)
    assert locate(inside) == Location(repository.path / ".git", repository.path)


def test_a_linked_worktree_shares_its_objects(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "registry")
    repository.commit({"a": b""})
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    location = locate(tmp_path / "linked")
    assert location.work_tree == tmp_path / "linked"
    assert location.git_dir == repository.path / ".git/worktrees/linked"
    assert location.common_dir == repository.path / ".git"


def test_a_bare_repository_is_found_where_it_is_named(tmp_path: Path) -> None:
    bare = bare_repository(tmp_path / "origin.git")
    assert locate(bare.path) == Location(bare.path, None)
    assert not locate(bare.path).is_shallow


def test_a_bare_repository_inside_another_is_never_taken_for_it(tmp_path: Path) -> None:
    outer = new_repository(tmp_path / "registry")
    inner = bare_repository(outer.path / "model_registry/trap")
    with pytest.raises(UsageError) as caught:
        locate(inner.path)
    assert str(caught.value).startswith(f"git cannot read the repository at {str(inner.path)!r}: cannot use bare")


def test_the_directory_of_objects_may_be_named(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "registry")
    assert locate(repository.path / ".git") == Location(repository.path / ".git", None)


def test_a_sha256_repository_says_so(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "registry", "--object-format=sha256")
    assert repository.location.algorithm == "sha256"


def test_a_plain_directory_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(NotARepository) as caught:
        locate(tmp_path)
    assert str(caught.value) == f"{str(tmp_path)!r} is not in a Git repository"
    assert caught.value.hint == "git init"


def test_a_file_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError) as caught:
        locate(tmp_path / "file")
    assert str(caught.value) == f"{str(tmp_path / 'file')!r} is not a directory"


def test_a_line_break_in_the_path_is_refused(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "a\nb")
    with pytest.raises(UsageError) as caught:
        locate(repository.path)
    assert str(caught.value) == "the path of the repository holds a line break"
    assert caught.value.hint == "move it to a plain path"


def test_without_git_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotFinished) as caught:
        locate(tmp_path)
    assert str(caught.value) == "git is not installed"
    assert caught.value.hint == "install Git 2.39 or newer"


def test_a_failing_command_names_itself_and_its_reason(tmp_path: Path) -> None:
    with pytest.raises(GitFailed) as caught:
        new_repository(tmp_path).location.run("rev-parse", "--verify", "nowhere")
    assert str(caught.value) == "git rev-parse failed with exit code 128: Needed a single revision"


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE"])
def test_what_a_calling_git_says_is_not_heard(variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = new_repository(tmp_path / "registry")
    commit = repository.commit({"a": b""})
    other = new_repository(tmp_path / "other")
    monkeypatch.setenv(variable, str(other.path / ".git"))
    location = locate(repository.path)
    assert location.run("ls-files") == b"a\n"
    assert location.run("rev-parse", "HEAD").decode().strip() == commit


def test_a_hook_keeps_what_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = new_repository(tmp_path / "registry")
    monkeypatch.chdir(repository.path)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/other-index")
    location = locate(repository.path, keep=COMMIT_HOOK)
    assert location.variables == (("GIT_INDEX_FILE", str(repository.path / ".git/other-index")),)


def test_nothing_that_the_configuration_names_is_run(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "registry")
    repository.commit({"a": b"1", ".gitattributes": b"* diff=evil filter=evil\n"})
    marker = tmp_path / "marker"
    headers, _, message = repository.git("cat-file", "commit", "HEAD").partition("\n\n")
    raw = f"{headers}\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n\n{message}".encode()
    signed = repository.git("hash-object", "-w", "-t", "commit", "--stdin", stdin=raw)
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\nexec cat\n", encoding="utf-8")
    script.chmod(0o755)
    hooks = repository.path / ".git/evil-hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / hook).symlink_to(script)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "diff.evil.textconv", "gpg.program", "core.editor"):
        run_git(repository.path, "config", key, str(script))
    run_git(repository.path, "config", "core.hooksPath", str(hooks))
    run_git(repository.path, "config", "log.showSignature", "true")
    (repository.path / "a").write_bytes(b"2")
    location = repository.location
    location.run("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
    location.run("diff-index", "--cached", "--raw", "-z", "HEAD")
    location.run("rev-list", "--format=%s", "HEAD")
    location.run("log", "--format=%s", signed)
    location.run("update-ref", "refs/heads/hooked", signed)
    assert not marker.exists()
    # The traps are real ones: an unguarded git falls into each.
    for command in (("status",), ("log", signed), ("update-ref", "refs/heads/free", signed)):
        run_git(repository.path, *command)
        assert marker.exists()
        marker.unlink()
