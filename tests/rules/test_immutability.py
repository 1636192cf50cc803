"""Whatever is done inside a version directory that the base has, the gate notices: for random trees and edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from modelyard.git.objects import ObjectReader
from modelyard.names import VersionId
from modelyard.rules.claims import Claim, claim_of
from modelyard.rules.engine import judge_change
from modelyard.snapshot import Snapshot
from modelyard.tree import CommitTree, Kind
from support.cases import Files, KnownPast
from support.repositories import new_repository

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelyard.tree import Tree
    from support.repositories import Repository

ROOT = "model_registry/"
VERSION = f"{ROOT}fraud-1.0.0/"
KINDS = (Kind.FILE, Kind.EXECUTABLE, Kind.SYMLINK)

names = st.one_of(
    st.sampled_from(
        ["metadata.yaml", "metrics.json", "MODEL_CARD.md", "a", "A", "a b", "é", "e\u0301", "-x", ".gitignore"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8).filter(
        lambda name: name not in (".", "..") and not name.lower().startswith(".git")
    ),
)
files = st.tuples(st.binary(max_size=6), st.sampled_from(KINDS))


@st.composite
def directories(draw: st.DrawFn) -> dict[str, tuple[bytes, Kind]]:
    """Draw what a version directory holds: files at one level or two, none of which is a folder as well."""
    drawn = draw(st.dictionaries(st.lists(names, min_size=1, max_size=2).map("/".join), files, min_size=1, max_size=4))
    folders = {path.partition("/")[0] for path in drawn if "/" in path}
    return {path: found for path, found in drawn.items() if path not in folders}


def registry(held: dict[str, tuple[bytes, Kind]]) -> Files:
    contents = {VERSION + path: data for path, (data, _kind) in held.items()}
    kinds = {VERSION + path: kind for path, (_data, kind) in held.items()}
    return Files({f"{ROOT}registry.yaml": b"schema_version: 1\n", **contents}, kinds)


def codes(base: Tree, head: Tree) -> set[str]:
    judgement = judge_change(Snapshot(base), Snapshot(head), past=KnownPast())
    assert not judgement.problems or judgement.refused
    return {problem.code for problem in judgement.problems if f"{problem.path}/".startswith(VERSION)}


@given(directories(), directories())
@example({"a": (b"", Kind.FILE)}, {"a": (b"", Kind.EXECUTABLE)})
@example({"a": (b"x", Kind.FILE)}, {"a": (b"x", Kind.SYMLINK)})
@example({"a": (b"", Kind.FILE)}, {"a/a": (b"", Kind.FILE)})
@example({"é": (b"", Kind.FILE)}, {"e\u0301": (b"", Kind.FILE)})
def test_any_edit_of_a_version_is_noticed_in_memory(
    before: dict[str, tuple[bytes, Kind]], after: dict[str, tuple[bytes, Kind]]
) -> None:
    assume(before and after)
    found = codes(registry(before).tree, registry(after).tree)
    assert ("MY601" in found) is (before != after)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return new_repository(tmp_path_factory.mktemp("repository"))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(directories(), directories())
@example({"a": (b"", Kind.FILE)}, {"a": (b"", Kind.EXECUTABLE)})
@example({"a": (b"x", Kind.FILE)}, {"a": (b"x", Kind.SYMLINK)})
def test_any_edit_of_a_version_is_noticed_in_commits(
    repository: Repository, before: dict[str, tuple[bytes, Kind]], after: dict[str, tuple[bytes, Kind]]
) -> None:
    assume(before and after)
    commits = [
        repository.commit_tree(repository.make_tree(held.contents, kinds=held.kinds))
        for held in map(registry, (before, after))
    ]
    with ObjectReader(repository.location) as reader:
        base, head = (CommitTree(reader, commit) for commit in commits)
        assert ("MY601" in codes(base, head)) is (before != after)


paths = st.one_of(
    st.sampled_from(
        [
            "registry.yaml",
            "models/fraud.yaml",
            "models/fraud.yml",
            "models/fraud",
            "models/a/fraud.yaml",
            "stages/production/fraud.yaml",
            "stages/fraud.yaml",
            "stages/a/b/fraud.yaml",
            "archive/fraud.jsonl",
            "archive/fraud.yaml",
            "fraud-1.0.0",
            "fraud-1.0.0/a/b",
            "Fraud-1.0.0/a",
            "fraud-1.0/a",
            "models-1.0.0/x",
            "notes.txt",
            "registry.yaml/x",
        ]
    ),
    st.lists(names, min_size=1, max_size=4).map("/".join),
)


def claims(path: str) -> Iterable[Claim]:
    """Return what a path is by a second reading of the layout, written apart from the first."""
    parts = path.split("/")
    if parts == ["registry.yaml"]:
        yield Claim.POLICY
    if len(parts) == 2 and parts[0] == "models" and _is_named(parts[1], ".yaml"):
        yield Claim.MODEL
    if len(parts) == 3 and parts[0] == "stages" and _is_named(parts[2], ".yaml"):
        yield Claim.PROMOTION
    if len(parts) == 2 and parts[0] == "archive" and _is_named(parts[1], ".jsonl"):
        yield Claim.ARCHIVE
    try:
        VersionId.from_directory(parts[0])
    except ValueError:
        return
    yield Claim.VERSION


def _is_named(file: str, suffix: str) -> bool:
    try:
        return file.endswith(suffix) and bool(VersionId.parse(f"{file.removesuffix(suffix)}@1.0.0"))
    except ValueError:
        return False


@given(paths)
def test_a_path_is_claimed_at_most_once(path: str) -> None:
    found = list(claims(path))
    assert len(found) <= 1
    assert claim_of(ROOT + path) is (found[0] if found else None)


@given(paths, st.booleans())
def test_a_change_of_what_nothing_claims_is_refused(path: str, there_before: bool) -> None:
    assume(claim_of(ROOT + path) is None and not path.startswith("registry.yaml/"))
    held = {f"{ROOT}registry.yaml": b"schema_version: 1\n"}
    base = held | ({ROOT + path: b"before\n"} if there_before else {})
    judgement = judge_change(
        Snapshot(Files(base).tree), Snapshot(Files(held | {ROOT + path: b"after\n"}).tree), past=KnownPast()
    )
    assert judgement.refused
