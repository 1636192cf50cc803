from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelyard.errors import UsageError
from modelyard.git.objects import ObjectReader
from modelyard.git.tree_writing import write_tree
from modelyard.tree import Kind
from support.repositories import Repository, new_repository

FILES = {"a": b"1", "b/c": b"2", "b/d/e": b"3", "b/d/f": b"4", "g/h/i": b"5", "run": b"#!/bin/sh\n", "link": b"a"}
PATHS = ("a", "b", "b/c", "b/d", "b/d/e", "b/d/e/deep", "b/d/f", "g", "g/h/i", "new", "new/deep/er", "a/x", "z")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = new_repository(tmp_path_factory.mktemp("trees") / "registry")
    repository.commit(FILES, kinds={"run": Kind.EXECUTABLE, "link": Kind.SYMLINK})
    return repository


def written(repository: Repository, files: dict[str, bytes | None], *, base: str | None = "HEAD^{tree}") -> str:
    tree = repository.git("rev-parse", base) if base else None
    with ObjectReader(repository.location) as reader:
        return write_tree(repository.location, reader, tree, files)


def by_an_index(repository: Repository, files: dict[str, bytes | None], index: Path) -> str:
    """Return the tree that Git's own index makes of the changes."""
    index.unlink(missing_ok=True)
    surroundings = {**os.environ, "GIT_INDEX_FILE": str(index)}

    def git(*words: str, data: bytes = b"") -> bytes:
        command = ["git", *words]
        ran = subprocess.run(
            command, cwd=repository.path, env=surroundings, input=data, capture_output=True, check=True
        )
        return ran.stdout

    git("read-tree", "HEAD")
    for path, content in files.items():
        if content is None:
            git("rm", "--cached", "-r", "--quiet", "--ignore-unmatch", "--", path)
    for path, content in files.items():
        if content is not None:
            blob = git("hash-object", "-w", "--stdin", data=content).decode().strip()
            git("update-index", "--index-info", data=f"100644 {blob}\t{path}\n".encode())
    return git("write-tree").decode().strip()


def apart(files: dict[str, bytes | None]) -> bool:
    """Whether no path lies below another one: which of the two is meant then, nobody can say."""
    return not any(one != other and other.startswith(f"{one}/") for one in files for other in files)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(PATHS), st.one_of(st.none(), st.binary(max_size=2)), max_size=5).filter(apart))
def test_a_tree_is_the_one_that_gits_index_makes(
    repository: Repository, tmp_path: Path, files: dict[str, bytes | None]
) -> None:
    assert written(repository, files) == by_an_index(repository, files, tmp_path / "index")


def test_a_directory_goes_with_its_last_file(repository: Repository) -> None:
    tree = written(repository, {"g/h/i": None, "b/d": None})
    assert repository.git("ls-tree", "-r", "--name-only", tree).split() == ["a", "b/c", "link", "run"]
    empty = written(repository, dict.fromkeys(("a", "b", "g", "run", "link")))
    assert repository.git("ls-tree", empty) == ""


def test_modes_submodules_and_odd_names_are_taken_over(repository: Repository) -> None:
    odd = b"100644 blob %s\tcaf\xe9 [1]\n\0160000 commit %s\tmodule\0120000 blob %s\tlink\0"
    blob = repository.git("rev-parse", "HEAD:a").encode()
    made = subprocess.run(
        ["git", "mktree", "-z", "--missing"],
        cwd=repository.path,
        input=odd % (blob, 40 * b"1", blob),
        capture_output=True,
        check=True,
    )
    base = made.stdout.decode().strip()
    tree = written(repository, {"new": b"1"}, base=base)
    assert repository.git("diff-tree", "-r", "--name-status", base, tree) == "A\tnew"
    assert written(repository, {"new": None}, base=tree) == base


def test_files_without_anything_before(repository: Repository) -> None:
    tree = written(repository, {"b/c": b"2"}, base=None)
    assert repository.git("ls-tree", "-r", "--name-only", tree) == "b/c"


@pytest.mark.parametrize("path", [".git/config", "b/.GIT/x", "../x", "a/../b", "/x", "b//c", "b/", ""])
def test_what_git_takes_for_no_path(repository: Repository, path: str) -> None:
    with pytest.raises(UsageError) as caught:
        written(repository, {"ok": b"", path: b""})
    assert str(caught.value) == f"{path!r} is not a path that Git takes"
    # To remove what cannot be there changes nothing.
    assert written(repository, {path: None}) == repository.git("rev-parse", "HEAD^{tree}")
