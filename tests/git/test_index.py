from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from modelyard.errors import UsageError
from modelyard.git.formats import object_id
from modelyard.git.index import StagedChange, ignored, staged_changes
from modelyard.git.objects import ObjectReader
from modelyard.tree import StagedTree
from support.repositories import Repository, bare_repository, new_repository

SOURCE = Path(__file__).parents[2] / "src"
HOOK = f"""\
#!{sys.executable}
import sys
sys.path.insert(0, {str(SOURCE)!r})
from pathlib import Path
from modelyard.git.location import COMMIT_HOOK, locate
from modelyard.git.objects import ObjectReader
from modelyard.tree import StagedTree
with ObjectReader(locate(Path("."), keep=COMMIT_HOOK)) as reader:
    tree = StagedTree(reader)
    print({{entry.name: tree.read(entry.name) for entry in tree.entries()}})
"""

RECEIVER = f"""\
#!{sys.executable}
import sys
sys.path.insert(0, {str(SOURCE)!r})
from pathlib import Path
from modelyard.git.location import RECEIVE_HOOK, locate
from modelyard.git.objects import ObjectReader
from modelyard.tree import CommitTree
_, pushed, _ = sys.stdin.readline().split()
with ObjectReader(locate(Path("."), keep=RECEIVE_HOOK)) as reader:
    print("saw", CommitTree(reader, reader.commit_id(pushed)).read("a"))
sys.exit(1)
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "registry")


def test_changes_of_every_kind_are_told(repository: Repository) -> None:
    head = repository.commit({"edited": b"1", "gone": b"1", "mode": b"1", "kept": b"1", "d/moved": b"moved"})
    repository.write({"edited": b"2", "new\nname": b"3"})
    (repository.path / "mode").chmod(0o755)
    repository.git("rm", "--quiet", "gone")
    repository.git("mv", "d/moved", "d/here")
    repository.git("add", "--all")
    repository.write({"edited": b"not staged", "untracked": b""})
    moved = StagedChange("100644", object_id("blob", b"moved"))
    assert staged_changes(repository.location, head) == {
        "d/here": moved,
        "d/moved": None,
        "edited": StagedChange("100644", object_id("blob", b"2")),
        "gone": None,
        "mode": StagedChange("100755", object_id("blob", b"1")),
        "new\nname": StagedChange("100644", object_id("blob", b"3")),
    }
    assert staged_changes(repository.location, head, "d") == {"d/here": moved, "d/moved": None}


def test_a_path_is_never_a_pattern(repository: Repository) -> None:
    head = repository.commit({"x": b""})
    repository.write({"*": b"", "a": b""})
    repository.git("add", "--all")
    assert set(staged_changes(repository.location, head, "*")) == {"*"}


def test_an_unfinished_merge_is_named(repository: Repository) -> None:
    repository.commit({"a": b"1"})
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit({"a": b"2"})
    repository.git("checkout", "--quiet", "main")
    head = repository.commit({"a": b"3"})
    subprocess.run(["git", "merge", "side"], cwd=repository.path, check=False, capture_output=True)
    with pytest.raises(UsageError) as caught:
        staged_changes(repository.location, head)
    assert str(caught.value) == "'a' is not merged yet"
    assert caught.value.hint == "git status"


def test_ignored_names_files_and_whole_directories(repository: Repository) -> None:
    repository.write({".gitignore": b"*.bin\nout/\n", "r/a.bin": b"", "r/out/x/y": b"", "r/kept": b"", "s/b.bin": b""})
    assert ignored(repository.location, "r") == {"r/a.bin", "r/out"}
    assert ignored(repository.location) >= {"r/a.bin", "r/out", "s/b.bin", "s"}
    assert ignored(repository.location, "nowhere") == frozenset()


def test_a_staged_tree_is_what_would_be_committed(repository: Repository) -> None:
    repository.commit({"a/b": b"1", "a/c": b"1", "d": b"1"})
    repository.write({"a/b": b"2"})
    repository.git("rm", "--quiet", "d")
    repository.write({"d/e": b"3"})
    repository.git("add", "--all")
    repository.write({"a/b": b"not staged"})
    with ObjectReader(repository.location) as reader:
        tree = StagedTree(reader)
        assert tree.id("") == repository.git("write-tree")
        assert tree.read_many(["a/b", "a/c", "d/e", "d"]) == {"a/b": b"2", "a/c": b"1", "d/e": b"3"}


def test_a_staged_tree_of_a_sha256_repository_has_its_ids(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "registry", "--object-format=sha256")
    repository.write({"a/b": b"1"})
    repository.git("add", "--all")
    with ObjectReader(repository.location) as reader:
        assert StagedTree(reader).id("") == repository.git("write-tree")


def test_commit_of_one_file_is_judged_by_its_temporary_index(repository: Repository) -> None:
    repository.commit({"a": b"1", "b": b"1"})
    hook = repository.path / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK, encoding="utf-8")
    hook.chmod(0o755)
    repository.write({"a": b"staged"})
    repository.git("add", "a")
    repository.write({"b": b"named"})
    result = subprocess.run(
        ["git", "commit", "--message", "Only b", "b"], cwd=repository.path, check=True, capture_output=True, text=True
    )
    assert "{'a': b'1', 'b': b'named'}" in result.stdout + result.stderr


def test_a_receive_hook_reads_what_is_still_in_quarantine(repository: Repository, tmp_path: Path) -> None:
    commit = repository.commit({"a": b"pushed"})
    bare = bare_repository(tmp_path / "origin.git")
    hook = bare.path / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(RECEIVER, encoding="utf-8")
    hook.chmod(0o755)
    command = ["git", "push", str(bare.path), "main"]
    result = subprocess.run(command, cwd=repository.path, check=False, capture_output=True, text=True)
    assert "remote: saw b'pushed'" in result.stderr
    with ObjectReader(bare.location) as reader, pytest.raises(UsageError):
        reader.commit_id(commit)
