from __future__ import annotations

import pytest

from modelyard.documents.policy import Policy
from modelyard.errors import UsageError
from modelyard.names import ModelName, VersionId
from modelyard.snapshot import Snapshot
from modelyard.tree import Kind, MemoryTree
from support.snapshots import RecordingTree, changed_files, snapshot_of, snapshot_with

FRAUD = ModelName("fraud")


def test_versions_are_the_directories_with_a_well_formed_name() -> None:
    snapshot = snapshot_with(
        {"fraud-v3/a": "", "Fraud-1.0.0/a": "", "fraud-1.10.0/a": "", "churn-0.1.0/a": "", "b": ""}
    )
    assert [str(each) for each in snapshot.version_ids] == [
        "churn@0.1.0",
        "fraud@1.0.0",
        "fraud@1.1.0",
        "fraud@1.10.0",
    ]
    assert [entry.name for entry in snapshot.strays] == ["Fraud-1.0.0", "b", "fraud-v3"]
    assert snapshot.has(VersionId.parse("fraud@1.10.0"))
    assert not snapshot.has(VersionId.parse("fraud@1.2.0"))


def test_the_registrys_own_entries_are_strays_where_they_are_of_another_kind() -> None:
    files = {"model_registry/models": b"", "model_registry/registry.yaml": b"x", "model_registry/stages/a/b.yaml": b""}
    snapshot = Snapshot(MemoryTree(files, kinds={"model_registry/registry.yaml": Kind.SYMLINK}))
    assert [entry.name for entry in snapshot.strays] == ["models", "registry.yaml"]


def test_models_are_those_with_a_version_or_a_document() -> None:
    snapshot = snapshot_with({"models/churn.yaml": "", "models/README": "", "models/loan": "", "models/a.b.yaml": ""})
    assert snapshot.model_names == ("churn", "fraud")


def test_models_in_a_stage_are_those_with_a_document() -> None:
    snapshot = snapshot_with({"stages/staging/loan": "", "stages/staging/x.yaml/y": "", "stages/now.txt": ""})
    assert snapshot.stage_names == ("production", "staging")
    assert snapshot.models_in("staging") == ("fraud",)
    assert snapshot.models_in("canary") == ()


def test_a_document_that_is_a_link_is_never_followed() -> None:
    path = "model_registry/stages/production/fraud.yaml"
    snapshot = Snapshot(MemoryTree({**changed_files(), path: b"../staging/fraud.yaml"}, kinds={path: Kind.SYMLINK}))
    assert snapshot.promotion("production", FRAUD) is None
    assert snapshot.models_in("production") == ()


def test_asking_for_one_model_reads_that_one_alone() -> None:
    tree = RecordingTree(changed_files())
    snapshot = Snapshot(tree)
    assert snapshot.model(FRAUD) is snapshot.model(FRAUD)
    assert snapshot.promotion("production", FRAUD) is snapshot.promotion("production", FRAUD)
    assert tree.read_paths == {"model_registry/models/fraud.yaml", "model_registry/stages/production/fraud.yaml"}


def test_a_prefetch_reads_metadata_in_one_batch() -> None:
    tree = RecordingTree(changed_files())
    snapshot = Snapshot(tree)
    snapshot.prefetch(snapshot.version_ids)
    tree.read_paths.clear()
    metadata = [snapshot.version(version_id).metadata for version_id in snapshot.version_ids]
    assert [str(each.value.version) for each in metadata if each and each.value] == ["1.0.0", "1.1.0"]
    assert tree.read_paths == set()


def test_a_registry_without_a_policy_has_the_default_one() -> None:
    assert snapshot_with({"registry.yaml": None}).policy == Policy()


def test_a_broken_policy_is_never_replaced_by_a_weaker_one() -> None:
    snapshot = snapshot_with({"registry.yaml": "stages:\n  - name: latest\n"})
    with pytest.raises(UsageError) as caught:
        _ = snapshot.policy
    assert caught.value.message == (
        "the policy is broken: model_registry/registry.yaml:2:11: "
        "`stages[0].name` is not valid: stage name 'latest' is reserved for references"
    )
    strict = Policy(card_sections=())
    assert snapshot.judged_by(strict).policy is strict


def test_a_document_that_two_trees_hold_alike_is_parsed_once() -> None:
    base = snapshot_of(changed_files())
    path = "model_registry/stages/production/fraud.yaml"
    head = base.beside(MemoryTree({**changed_files(), path: b"schema_version: 1\n"}), policy=Policy())
    for snapshot in (base, head):
        snapshot.prefetch_documents()
    assert head.promotion("staging", FRAUD) is base.promotion("staging", FRAUD)
    changed, before = head.promotion("production", FRAUD), base.promotion("production", FRAUD)
    assert [each and each.value is None for each in (before, changed)] == [False, True]


def test_an_empty_tree_holds_no_registry() -> None:
    assert not snapshot_of({"README.md": b""}).exists
    assert not snapshot_of({"model_registry": b""}).exists
    assert snapshot_with().exists


def test_a_version_that_does_not_exist_is_an_empty_directory() -> None:
    version = snapshot_with().version(VersionId.parse("fraud@9.0.0"))
    assert version.entries == {}
    assert version.tree_id is None
    assert list(version.documents()) == []


def test_marked_versions_are_those_that_are_no_plain_releases() -> None:
    names = ("a-1-1.0.0", "a-1-1.0.0-rc.1", "a-2.0.0+b-1", "a-1.0.0", "a_1-10.0.0-0")
    snapshot = snapshot_of({f"model_registry/{name}/f": b"" for name in names})
    assert [each.directory for each in snapshot.marked_version_ids] == ["a-2.0.0+b-1", "a-1-1.0.0-rc.1", "a_1-10.0.0-0"]
    marked = [each for each in snapshot.version_ids if each.version.prerelease or each.version.build]
    assert [*snapshot.marked_version_ids] == marked
