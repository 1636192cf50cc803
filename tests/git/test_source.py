from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.errors import UsageError
from modelyard.git.source import source_state
from support.repositories import new_repository

if TYPE_CHECKING:
    from pathlib import Path


def test_the_state_names_address_commit_and_edits(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "training")
    commit = repository.commit({"src/train.py": b"1"})
    script = repository.path / "src/train.py"
    clean = source_state(script)
    assert clean is not None
    assert (clean.repo, clean.commit, clean.dirty) == (None, commit, False)
    assert clean.location == repository.location
    repository.git("remote", "add", "backup", "git@example.org:team/backup.git")
    repository.git("remote", "add", "origin", "https://user:secret@example.org/team/training.git")
    repository.write({"model.joblib": b"untracked"})
    assert source_state(repository.path) == source_state(script)
    state = source_state(script)
    assert state is not None
    assert (state.repo, state.dirty) == ("https://example.org/team/training.git", False)
    script.write_bytes(b"2")
    edited = source_state(script)
    assert edited is not None
    assert edited.dirty


def test_a_staged_edit_is_dirty(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "training")
    repository.commit({"a": b"1"})
    repository.write({"b": b"1"})
    repository.git("add", "b")
    state = source_state(repository.path)
    assert state is not None
    assert state.dirty


def test_without_an_origin_the_only_remote_is_taken(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "training")
    repository.commit({"a": b"1"})
    repository.git("remote", "add", "upstream", "git@example.org:team/training.git")
    state = source_state(repository.path)
    assert state is not None
    assert state.repo == "git@example.org:team/training.git"


def test_a_file_outside_a_repository_has_no_source(tmp_path: Path) -> None:
    assert source_state(tmp_path / "train.py") is None


def test_a_repository_without_a_commit_is_no_source(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "training")
    with pytest.raises(UsageError) as caught:
        source_state(repository.path)
    assert str(caught.value) == f"the repository that holds {str(repository.path)!r} has no commit yet"
    assert caught.value.hint == "git commit"
