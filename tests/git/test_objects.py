from __future__ import annotations

import io
import os
import signal
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from modelyard.errors import NotFinished, UsageError
from modelyard.git.commits import Commit, parse_commit
from modelyard.git.failures import MissingObject, TooLarge
from modelyard.git.formats import TreeEntry, object_id
from modelyard.git.objects import ObjectReader
from modelyard.tree import Kind
from support.repositories import Repository, bare_repository, new_repository, run_git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "registry")


@pytest.fixture
def reader(repository: Repository) -> Iterator[ObjectReader]:
    with ObjectReader(repository.location) as reader:
        yield reader


def test_names_become_full_ids(repository: Repository, reader: ObjectReader) -> None:
    first = repository.commit({"a": b"1"})
    second = repository.commit({"a": b"2"})
    repository.git("tag", "--annotate", "v1", "--message", "v1", first)
    names = ["HEAD", "main", "refs/heads/main", second[:10], "HEAD~1", "v1", "@"]
    assert [reader.commit_id(name) for name in names] == [second, second, second, second, first, first, second]
    assert reader.head() == second


def test_a_detached_head_is_a_head(repository: Repository, reader: ObjectReader) -> None:
    first = repository.commit({"a": b"1"})
    repository.commit({"a": b"2"})
    repository.git("checkout", "--quiet", "--detach", first)
    assert reader.head() == first


def test_a_repository_without_a_commit_has_no_head(reader: ObjectReader) -> None:
    assert reader.head() is None


@pytest.mark.parametrize("revision", ["nowhere", "0" * 40, "HEAD^2"])
def test_an_unknown_name_is_wrong_usage(repository: Repository, reader: ObjectReader, revision: str) -> None:
    repository.commit({"a": b""})
    with pytest.raises(UsageError) as caught:
        reader.commit_id(revision)
    assert str(caught.value) == f"revision {revision!r} names no commit here"


def test_a_commit_that_a_shallow_clone_lacks_can_be_fetched(repository: Repository, tmp_path: Path) -> None:
    first = repository.commit({"a": b"1"})
    repository.commit({"a": b"2"})
    run_git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository.path}", "shallow")
    with ObjectReader(Repository(tmp_path / "shallow").location) as reader:
        assert reader.location.is_shallow
        with pytest.raises(NotFinished) as caught:
            reader.commit_id(first)
    assert str(caught.value) == f"revision {first!r} is not in this shallow clone"
    assert caught.value.hint == (
        "git fetch --unshallow; in a CI job set fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab) for the checkout"
    )


def test_a_commit_tells_who_when_and_what(repository: Repository, reader: ObjectReader) -> None:
    base = repository.commit({"a": b"1"})
    side = repository.commit_tree(repository.git("rev-parse", "HEAD^{tree}"), base, message="Sign\n\nön")
    merge = repository.commit_tree(repository.git("rev-parse", "HEAD^{tree}"), base, side, message="Merge")
    assert reader.commit(side) == Commit(
        id=side,
        tree=repository.git("rev-parse", "HEAD^{tree}"),
        parents=(base,),
        author="Ada Author",
        email="ada@example.org",
        committed_at=datetime(2026, 3, 1, 12, tzinfo=timezone.utc),
        message="Sign\n\nön\n",
    )
    assert reader.commit(merge).parents == (base, side)
    assert reader.tree_id(base) == reader.tree_id(side)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "the commit has no author"),
        (b"tree a\nauthor nobody\n\n", "the commit has a malformed author"),
        (b"tree a\nauthor A <a> 1 +0000\n\n", "the commit has no committer"),
        (b"author A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n", "the commit has no tree"),
    ],
)
def test_a_malformed_commit_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is judged below
        parse_commit("0" * 40, raw)
    assert str(caught.value) == message


def test_a_signature_is_no_header_of_its_own() -> None:
    raw = b"tree t\nauthor A <a> 1 +0000\ncommitter C <c> 2 +0200\ngpgsig -----\n parent x\n author y\n\nhi"
    commit = parse_commit("i", raw)
    assert (commit.tree, commit.parents, commit.author, commit.message) == ("t", (), "A", "hi")


def test_a_date_outside_the_calendar_is_held_to_it() -> None:
    commit = parse_commit("i", b"tree t\nauthor A <a> 1 +0000\ncommitter C <c> 999999999999999 +0000\n\n")
    assert commit.committed_at.year == 9999


def test_entries_tell_name_mode_kind_and_id(repository: Repository, reader: ObjectReader) -> None:
    files = {"b": b"", "a/x": b"1", "link": b"b", "run": b"", "sub": b"1" * 40, "raw-\udcff": b""}
    tree = repository.make_tree(files, kinds={"link": Kind.SYMLINK, "run": Kind.EXECUTABLE, "sub": Kind.SUBMODULE})
    empty, inner = object_id("blob", b""), repository.git("rev-parse", f"{tree}:a")
    assert reader.entries(tree) == (
        TreeEntry("a", "040000", "tree", inner),
        TreeEntry("b", "100644", "blob", empty),
        TreeEntry("link", "120000", "blob", object_id("blob", b"b")),
        TreeEntry("raw-\udcff", "100644", "blob", empty),
        TreeEntry("run", "100755", "blob", empty),
        TreeEntry("sub", "160000", "commit", "1" * 40),
    )


def test_a_tree_with_a_name_twice_is_malformed(repository: Repository, reader: ObjectReader) -> None:
    blob = repository.git("hash-object", "-w", "--stdin")
    raw = 2 * (b"100644 a\0" + bytes.fromhex(blob))
    tree = repository.git("hash-object", "-w", "-t", "tree", "--stdin", "--literally", stdin=raw)
    with pytest.raises(NotFinished) as caught:
        reader.entries(tree)
    assert str(caught.value) == f"tree {tree} is malformed: a name occurs twice in the tree object"
    assert caught.value.hint == "git fsck"


def test_blobs_arrive_in_one_batch_and_large_ones_are_left_out(repository: Repository, reader: ObjectReader) -> None:
    # Far more than any pipe holds, in both directions.
    files = {f"f{number:04}": b"%d" % number * 200 for number in range(1500)} | {"large": b"x" * 200_000}
    commit = repository.commit(files)
    ids = {entry.name: entry.id for entry in reader.entries(reader.tree_id(commit))}
    found = reader.blobs([*ids.values(), *ids.values()], limit=100_000)
    assert found == {ids[name]: content for name, content in files.items() if name != "large"}
    assert reader.blobs([]) == {}


def test_trees_are_loaded_in_one_batch(repository: Repository, reader: ObjectReader) -> None:
    repository.commit({f"d{number}/x": b"%d" % number for number in range(200)})
    root = repository.git("rev-parse", "HEAD^{tree}")
    inner = [entry.id for entry in reader.entries(root)]
    reader.load([root, *inner, *inner])
    reader.close()
    assert [reader.entries(tree)[0].name for tree in inner] == ["x"] * 200
    with pytest.raises(MissingObject) as caught:
        reader.load(["1" * 40])
    assert str(caught.value) == f"tree {'1' * 40} is missing from the repository or corrupt"
    assert caught.value.hint == "git fsck"


def test_one_blob_has_a_size_and_a_limit(repository: Repository, reader: ObjectReader) -> None:
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"12345")
    assert reader.size(blob) == 5
    assert reader.blob(blob, limit=5) == b"12345"
    with pytest.raises(TooLarge) as caught:
        reader.blob(blob, limit=4)
    assert str(caught.value) == f"blob {blob} has 5 bytes, at most 4 are read"
    assert reader.blob(blob) == b"12345"


def test_a_large_blob_is_streamed_in_pieces(repository: Repository, reader: ObjectReader) -> None:
    content = os.urandom(3_000_000)
    blob = repository.git("hash-object", "-w", "--stdin", stdin=content)
    pieces: list[bytes] = []

    class Pieces:
        def write(self, data: bytes, /) -> None:
            pieces.append(data)

    reader.stream(blob, Pieces())
    assert b"".join(pieces) == content
    assert [len(piece) for piece in pieces] == [1 << 20, 1 << 20, 3_000_000 - (2 << 20)]


def test_a_target_that_fails_does_not_spoil_the_next_answer(repository: Repository, reader: ObjectReader) -> None:
    large = repository.git("hash-object", "-w", "--stdin", stdin=b"x" * 3_000_000)
    small = repository.git("hash-object", "-w", "--stdin", stdin=b"small")

    class Full:
        def write(self, data: bytes, /) -> None:
            raise BrokenPipeError(len(data))

    with pytest.raises(BrokenPipeError):
        reader.stream(large, Full())
    assert reader.blob(small) == b"small"


def test_a_missing_object_is_named(repository: Repository, reader: ObjectReader) -> None:
    repository.commit({"a": b""})
    for read in (reader.blob, reader.size, lambda blob: reader.blobs([blob]), lambda b: reader.stream(b, io.BytesIO())):
        with pytest.raises(MissingObject) as caught:
            read("1" * 40)
        assert str(caught.value) == f"blob {'1' * 40} is missing from the repository or corrupt"


def test_an_object_of_another_kind_is_refused(repository: Repository, reader: ObjectReader) -> None:
    commit = repository.commit({"a": b""})
    with pytest.raises(MissingObject) as caught:
        reader.blob(commit)
    assert str(caught.value) == f"object {commit} is a commit, not a blob"


def test_a_corrupt_object_ends_in_a_sentence(repository: Repository, reader: ObjectReader) -> None:
    blob = repository.git("hash-object", "-w", "--stdin", stdin=os.urandom(5000))
    place = repository.path / ".git/objects" / blob[:2] / blob[2:]
    place.chmod(0o644)
    place.write_bytes(place.read_bytes()[:2000] + b"!" * 2000)
    with pytest.raises(NotFinished) as caught:
        reader.blob(blob)
    assert str(caught.value).startswith("git cat-file stopped answering: ")
    assert caught.value.hint == "git fsck"


def test_a_killed_process_ends_in_a_sentence_and_the_next_question_works(
    repository: Repository, reader: ObjectReader
) -> None:
    commit = repository.commit({"a": b""})
    assert reader.head() == commit
    running = reader._batch._running
    assert running is not None
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    with pytest.raises(NotFinished) as caught:
        reader.head()
    assert str(caught.value) == "git cat-file stopped answering: it gave no reason"
    assert reader.head() == commit


def test_a_sha256_repository_is_read(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "registry", "--object-format=sha256")
    commit = repository.commit({"a/b": b"hi"})
    with ObjectReader(repository.location) as reader:
        assert len(reader.commit_id("HEAD")) == 64
        (entry,) = reader.entries(reader.tree_id(commit))
        (inner,) = reader.entries(entry.id)
        assert (entry.name, inner.name, inner.id) == ("a", "b", object_id("blob", b"hi", "sha256"))
        assert reader.blob(inner.id) == b"hi"


def test_a_bare_repository_and_a_linked_worktree_are_read(repository: Repository, tmp_path: Path) -> None:
    commit = repository.commit({"a": b"hi"})
    bare = bare_repository(tmp_path / "origin.git")
    repository.git("push", "--quiet", str(bare.path), "main")
    repository.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "linked"))
    for place in (bare, Repository(tmp_path / "linked")):
        with ObjectReader(place.location) as reader:
            assert reader.head() == commit


def test_a_replaced_object_is_read_as_it_was(repository: Repository, reader: ObjectReader) -> None:
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"true")
    other = repository.git("hash-object", "-w", "--stdin", stdin=b"false")
    repository.git("replace", blob, other)
    assert repository.git("cat-file", "blob", blob) == "false"
    assert reader.blob(blob) == b"true"
