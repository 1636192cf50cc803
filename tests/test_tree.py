"""The laws that every tree keeps, on the same content held five ways."""

from __future__ import annotations

import hashlib
import io
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelyard.git.objects import ObjectReader
from modelyard.tree import (
    CommitTree,
    Entry,
    Kind,
    MemoryTree,
    MissingPath,
    OverlayTree,
    StagedTree,
    TooLarge,
    Tree,
    WorkTree,
)
from support.repositories import Repository, new_repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ODD = b"model_registry/raw-\xff.txt".decode("utf-8", "surrogateescape")
FILES: dict[str, bytes] = {
    "README.md": b"# registry\n",
    "model_registry/registry.yaml": b"schema_version: 1\n",
    "model_registry/fraud-1.0.0/metadata.yaml": b"name: fraud\n",
    "model_registry/fraud-1.0.0/MODEL_CARD.md": b"",
    "model_registry/fraud-1.0.0/run.sh": b"#!/bin/sh\n",
    "model_registry/fraud-1.0.0/link": b"../../README.md",
    "model_registry/fraud-1.0.0.txt": b"sorts between the directory and its slash\n",
    "model_registry/fraud-1.0.0-rc.1/metadata.yaml": b"name: fraud\n",
    "model_registry/größe/名前.txt": "ünï".encode(),
    "model_registry/a\nb": b"line break in the name",
    "model_registry/-x": b"looks like an option",
    "model_registry/*": b"looks like a pattern",
    ODD: b"name is not UTF-8",
}
KINDS = {
    "model_registry/fraud-1.0.0/run.sh": Kind.EXECUTABLE,
    "model_registry/fraud-1.0.0/link": Kind.SYMLINK,
}
MAKERS = ("memory", "overlay", "commit", "staged", "work", "bare work")


def hold(how: str, files: Mapping[str, bytes], kinds: Mapping[str, Kind], *, place: Path, stack: ExitStack) -> Tree:
    """Return a tree with the content, held in the given way."""
    if how == "memory":
        return MemoryTree(files, kinds=kinds)
    if how == "overlay":
        return overlaid(files, kinds)
    if how == "bare work":
        Repository(place).write(files, kinds=kinds)
        return WorkTree(place)
    repository = new_repository(place)
    if how == "commit":
        reader = stack.enter_context(ObjectReader(repository.location))
        return CommitTree(reader, repository.commit(files, kinds=kinds))
    repository.write(files, kinds=kinds)
    if how == "work":
        return WorkTree(place, location=repository.location)
    repository.git("add", "--all")
    return StagedTree(stack.enter_context(ObjectReader(repository.location)))


def overlaid(files: Mapping[str, bytes], kinds: Mapping[str, Kind]) -> Tree:
    """Return the content as changes over a tree that differs in every way."""
    memory = MemoryTree(files, kinds=kinds)
    paths = sorted(files)
    base = MemoryTree(dict.fromkeys(paths[::2], b"old") | {"gone/deep/file": b"", "model_registry/gone": b""})
    changes = {path: memory.leaf(path) for path in paths}
    return OverlayTree(base, {**changes, "gone": None, "model_registry/gone": None})


@pytest.fixture(params=MAKERS)
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tree]:
    with ExitStack() as stack:
        yield hold(request.param, FILES, KINDS, place=tmp_path / "registry", stack=stack)


@pytest.fixture(scope="module")
def ids(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The ids that Git itself gives to the content, of files and directories."""
    repository = new_repository(tmp_path_factory.mktemp("reference"))
    commit = repository.commit(FILES, kinds=KINDS)
    listed = repository.git("ls-tree", "-r", "-t", "-z", commit).split("\0")[:-1]
    found = {line.split("\t", 1)[1]: line.split("\t", 1)[0].split(" ")[2] for line in listed}
    return {**found, "": repository.git("rev-parse", f"{commit}^{{tree}}")}


def test_every_tree_lists_the_root(tree: Tree) -> None:
    assert tree.entries() == (Entry("README.md", Kind.FILE), Entry("model_registry", Kind.DIRECTORY))


def test_every_tree_lists_a_directory_by_the_bytes_of_the_names(tree: Tree) -> None:
    assert tree.entries("model_registry") == (
        Entry("*", Kind.FILE),
        Entry("-x", Kind.FILE),
        Entry("a\nb", Kind.FILE),
        Entry("fraud-1.0.0", Kind.DIRECTORY),
        Entry("fraud-1.0.0-rc.1", Kind.DIRECTORY),
        Entry("fraud-1.0.0.txt", Kind.FILE),
        Entry("größe", Kind.DIRECTORY),
        Entry("raw-\udcff.txt", Kind.FILE),
        Entry("registry.yaml", Kind.FILE),
    )


def test_every_tree_tells_kinds(tree: Tree) -> None:
    assert tree.entries("model_registry/fraud-1.0.0") == (
        Entry("MODEL_CARD.md", Kind.FILE),
        Entry("link", Kind.SYMLINK),
        Entry("metadata.yaml", Kind.FILE),
        Entry("run.sh", Kind.EXECUTABLE),
    )


@pytest.mark.parametrize("directory", ["nowhere", "README.md", "model_registry/fraud-1.0.0/link", "..", "/", "."])
def test_every_tree_lists_nothing_where_there_is_no_directory(tree: Tree, directory: str) -> None:
    assert tree.entries(directory) == ()


def test_every_tree_reads_the_bytes(tree: Tree) -> None:
    regular = {path: content for path, content in FILES.items() if KINDS.get(path) is not Kind.SYMLINK}
    assert {path: tree.read(path) for path in regular} == regular
    assert tree.read_many(FILES) == regular


def test_every_tree_reads_many_without_those_it_would_refuse(tree: Tree) -> None:
    paths = ["README.md", "README.md", "nowhere", "model_registry", "model_registry/fraud-1.0.0/link", "../x", "/x", ""]
    assert tree.read_many(paths) == {"README.md": b"# registry\n"}
    assert tree.read_many(["README.md"], limit=3) == {}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere", "'nowhere' does not exist"),
        ("model_registry", "'model_registry' does not exist"),
        ("README.md/", "'README.md/' does not exist"),
        ("/README.md", "'/README.md' does not exist"),
        ("model_registry/../README.md", "'model_registry/../README.md' does not exist"),
        ("model_registry//registry.yaml", "'model_registry//registry.yaml' does not exist"),
        ("a\0b", "'a\\x00b' does not exist"),
        ("model_registry/fraud-1.0.0/link", "'model_registry/fraud-1.0.0/link' is a symlink, not a file"),
    ],
)
def test_every_tree_refuses_what_is_no_file(tree: Tree, path: str, message: str) -> None:
    for attempt in (lambda: tree.read(path), lambda: tree.stream(path, io.BytesIO())):
        with pytest.raises(MissingPath) as caught:
            attempt()
        assert str(caught.value) == message


def test_every_tree_holds_to_the_limit(tree: Tree) -> None:
    assert tree.read("README.md", limit=11) == b"# registry\n"
    with pytest.raises(TooLarge) as caught:
        tree.read("README.md", limit=10)
    assert str(caught.value) == "'README.md' has 11 bytes, at most 10 are read"


def test_every_tree_streams_whatever_the_size(tree: Tree) -> None:
    target = io.BytesIO()
    tree.stream("model_registry/registry.yaml", target)
    assert target.getvalue() == b"schema_version: 1\n"


def test_every_tree_gives_the_ids_of_git(tree: Tree, ids: dict[str, str]) -> None:
    assert {path: tree.id(path) for path in ids} == ids
    assert tree.id("nowhere") is None
    assert tree.id("model_registry/nowhere") is None
    assert tree.id("/README.md") is None


def test_every_tree_shows_leaves_and_not_directories(tree: Tree) -> None:
    leaf = tree.leaf("model_registry/fraud-1.0.0/run.sh")
    assert leaf is not None
    assert leaf.kind is Kind.EXECUTABLE
    assert leaf.id == tree.id("model_registry/fraud-1.0.0/run.sh")
    assert tree.leaf("model_registry") is None
    assert tree.leaf("") is None


def test_only_a_commit_has_a_commit(tree: Tree) -> None:
    assert (tree.commit is not None) == isinstance(tree, CommitTree)


NAMES = st.sampled_from(["a", "a.b", "a-b", "a0", "é", "z"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


def without_clashes(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files less those that would lie inside another file."""
    return {path: content for path, content in files.items() if not any(path.startswith(f"{o}/") for o in files)}


TREES = st.dictionaries(PATHS, st.binary(max_size=3), max_size=8).map(without_clashes)


def everything(tree: Tree, directory: str = "") -> dict[str, bytes]:
    """Return each file of the tree by walking it."""
    found: dict[str, bytes] = {}
    for entry in tree.entries(directory):
        path = f"{directory}/{entry.name}" if directory else entry.name
        found.update(everything(tree, path) if entry.kind is Kind.DIRECTORY else {path: tree.read(path)})
    return found


@settings(max_examples=15)
@given(files=TREES)
def test_any_content_is_the_same_however_it_is_held(files: dict[str, bytes]) -> None:
    memory = MemoryTree(files)
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        for how in MAKERS:
            tree = hold(how, files, {}, place=Path(scratch, how), stack=stack)
            assert everything(tree) == files
            assert {path: tree.id(path) for path in files} == {path: memory.id(path) for path in files}
            assert tree.id("") == memory.id("")


def changed(base: dict[str, bytes], added: dict[str, bytes], removed: set[str]) -> dict[str, bytes]:
    """Return the files after the removals, then the additions; an addition drops what is in its way."""
    left = {path: content for path, content in base.items() if not any(_is_at(path, gone) for gone in removed)}
    for new in added:
        left = {path: content for path, content in left.items() if not _is_at(path, new) and not _is_at(new, path)}
    return left | added


def _is_at(path: str, place: str) -> bool:
    return f"{path}/".startswith(f"{place}/")


@given(base=TREES, added=TREES, removed=st.sets(PATHS, max_size=4))
@example(base={"a/z/é": b""}, added={"a/z/a0": b""}, removed={"a"})
def test_an_overlay_is_the_tree_with_the_changes_made(
    base: dict[str, bytes], added: dict[str, bytes], removed: set[str]
) -> None:
    changes = {**dict.fromkeys(removed), **added}
    expected = changed(base, added, removed)
    tree = OverlayTree(MemoryTree(base), changes)
    assert everything(tree) == expected
    assert tree.read_many([*base, *changes]) == expected
    assert tree.id("") == MemoryTree(expected).id("")
    assert all(tree.id(path) == MemoryTree(expected).id(path) for path in [*base, *changes])


@given(files=TREES)
def test_an_id_changes_exactly_with_the_content(files: dict[str, bytes]) -> None:
    tree = MemoryTree(files)
    for path, content in files.items():
        assert OverlayTree(tree, {path: content}).id("") == tree.id("")
        assert OverlayTree(tree, {path: content + b"x"}).id("") != tree.id("")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": b"", "a/b": b""}, "'a/b' would lie inside another changed file"),
        ({"a/b": b"", "a": b""}, "'a' would hold another changed file"),
        ({"": b""}, "'' is not a path in a tree"),
        ({"/a": b""}, "'/a' is not a path in a tree"),
        ({"a/../b": b""}, "'a/../b' is not a path in a tree"),
    ],
)
def test_a_memory_tree_refuses_what_no_tree_can_hold(files: dict[str, bytes], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is judged below
        MemoryTree(files)
    assert str(caught.value) == message


def test_an_id_is_the_hash_of_header_and_bytes() -> None:
    assert MemoryTree({"a": b"hi"}).id("a") == hashlib.sha1(b"blob 2\0hi").hexdigest()
    assert MemoryTree({"a": b"hi"}, algorithm="sha256").id("a") == hashlib.sha256(b"blob 2\0hi").hexdigest()
    assert MemoryTree({}).id("") is None
