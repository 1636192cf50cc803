from __future__ import annotations

import os
import resource
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modelyard.errors import NotFinished
from modelyard.tree import Entry, Kind, MissingPath, TooLarge, WorkTree
from support.repositories import Repository, new_repository

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "model_registry/fraud-1.0.0"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "registry")


def names(tree: WorkTree, directory: str = VERSION) -> list[str]:
    return [entry.name for entry in tree.entries(directory)]


def test_ignored_files_are_hidden(repository: Repository) -> None:
    ignore = {f"{VERSION}/.gitignore": b"/model.joblib\n", ".gitignore": b"*.tmp\n/model_registry/scratch/\n"}
    files = {f"{VERSION}/model.joblib": b"", f"{VERSION}/x.tmp": b"", "model_registry/scratch/a/b": b"", "y.tmp": b""}
    repository.write({**ignore, **files, f"{VERSION}/metadata.yaml": b""})
    tree = WorkTree(repository.path, location=repository.location)
    assert names(tree) == [".gitignore", "metadata.yaml"]
    assert names(tree, "model_registry") == ["fraud-1.0.0"]
    assert names(tree, "") == [".gitignore", "model_registry"]
    assert names(tree, "model_registry/scratch/a") == []
    assert tree.leaf("model_registry/scratch/a/b") is None
    with pytest.raises(MissingPath):
        tree.read(f"{VERSION}/model.joblib")


def test_a_tracked_file_is_shown_though_a_pattern_names_it(repository: Repository) -> None:
    repository.commit({".gitignore": b"*.bin\n", f"{VERSION}/a.bin": b"tracked"})
    repository.write({f"{VERSION}/b.bin": b"not tracked"})
    assert names(WorkTree(repository.path, location=repository.location)) == ["a.bin"]


def test_without_git_the_file_of_a_pointer_is_hidden(tmp_path: Path) -> None:
    Repository(tmp_path).write(
        {f"{VERSION}/model.joblib": b"", f"{VERSION}/model.joblib.dvc": b"", f"{VERSION}/x": b""}
    )
    assert names(WorkTree(tmp_path)) == ["model.joblib.dvc", "x"]


def test_a_directory_without_a_file_does_not_exist(repository: Repository) -> None:
    repository.write({".gitignore": b"*.tmp\n", f"{VERSION}/x.tmp": b""})
    (repository.path / "model_registry/empty/deep").mkdir(parents=True)
    tree = WorkTree(repository.path, location=repository.location)
    assert names(tree, "") == [".gitignore"]
    assert tree.id("model_registry") is None


def test_an_embedded_repository_is_a_submodule(repository: Repository) -> None:
    repository.write({f"{VERSION}/metadata.yaml": b""})
    new_repository(repository.path / VERSION / "inner").write({"file": b""})
    tree = WorkTree(repository.path, location=repository.location)
    assert tree.entries(VERSION) == (Entry("inner", Kind.SUBMODULE), Entry("metadata.yaml", Kind.FILE))
    assert tree.id(f"{VERSION}/inner") == "0" * 40
    assert tree.id(VERSION) is not None
    with pytest.raises(MissingPath, match="is a submodule, not a file"):
        tree.read(f"{VERSION}/inner")


def test_no_symlink_is_followed_on_the_way(tmp_path: Path) -> None:
    outside = Repository(tmp_path / "outside")
    outside.write({"metadata.yaml": b"secret"})
    inside = Repository(tmp_path / "inside")
    inside.write({"model_registry/x": b"", VERSION: bytes(outside.path)}, kinds={VERSION: Kind.SYMLINK})
    tree = WorkTree(inside.path)
    assert tree.entries("model_registry") == (Entry("fraud-1.0.0", Kind.SYMLINK), Entry("x", Kind.FILE))
    assert tree.entries(VERSION) == ()
    with pytest.raises(MissingPath, match="does not exist"):
        tree.read(f"{VERSION}/metadata.yaml")


def test_a_symlink_that_replaces_a_listed_file_is_not_followed(tmp_path: Path) -> None:
    registry = Repository(tmp_path / "registry")
    registry.write({f"{VERSION}/metadata.yaml": b"name: fraud\n"})
    (tmp_path / "secret").write_bytes(b"secret")
    tree = WorkTree(registry.path)
    leaf = tree.leaf(f"{VERSION}/metadata.yaml")
    (registry.path / VERSION / "metadata.yaml").unlink()
    (registry.path / VERSION / "metadata.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(MissingPath) as caught:
        tree.read(f"{VERSION}/metadata.yaml")
    assert str(caught.value) == "'model_registry/fraud-1.0.0/metadata.yaml' does not exist"
    assert leaf is not None
    with pytest.raises(MissingPath):
        _ = leaf.id


def test_the_root_itself_may_be_a_symlink(tmp_path: Path) -> None:
    Repository(tmp_path / "real").write({"x": b"1"})
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert WorkTree(tmp_path / "link").read("x") == b"1"


def test_pipes_and_sockets_are_left_out(tmp_path: Path) -> None:
    Repository(tmp_path).write({"x": b""})
    os.mkfifo(tmp_path / "pipe")
    assert names(WorkTree(tmp_path), "") == ["x"]


def test_a_pipe_that_replaces_a_listed_file_is_not_waited_for(tmp_path: Path) -> None:
    Repository(tmp_path).write({"x": b""})
    tree = WorkTree(tmp_path)
    assert names(tree, "") == ["x"]
    (tmp_path / "x").unlink()
    os.mkfifo(tmp_path / "x")
    with pytest.raises(MissingPath) as caught:
        tree.read("x")
    assert str(caught.value) == "'x' is not a regular file"


def test_a_file_that_grew_since_it_was_listed_is_noticed(tmp_path: Path) -> None:
    Repository(tmp_path).write({"x": b"1"})
    tree = WorkTree(tmp_path)
    assert names(tree, "") == ["x"]
    (tmp_path / "x").write_bytes(b"12")
    with pytest.raises(MissingPath) as caught:
        tree.id("x")
    assert str(caught.value) == "'x' changed while it was read"
    with pytest.raises(TooLarge) as too_large:
        tree.read("x", limit=1)
    assert str(too_large.value) == "'x' has 2 bytes, at most 1 are read"


def test_a_directory_that_cannot_be_opened_is_not_an_empty_one(tmp_path: Path) -> None:
    Repository(tmp_path).write({"x": b""})
    tree = WorkTree(tmp_path)
    with no_more_files(), pytest.raises(NotFinished) as caught:
        tree.entries()
    assert str(caught.value) == "'.' cannot be read: Too many open files"


@contextmanager
def no_more_files() -> Iterator[None]:
    """Hold the process to the files that it has open, which stops even root."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Path(os.devnull).open("rb") as last:
        resource.setrlimit(resource.RLIMIT_NOFILE, (last.fileno(), hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_root_that_is_missing_is_an_empty_tree(tmp_path: Path) -> None:
    assert WorkTree(tmp_path / "nowhere").entries() == ()
