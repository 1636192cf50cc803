from __future__ import annotations

from modelyard.changes import Changes, StageChange, find_changes
from modelyard.names import ModelName, VersionId
from modelyard.snapshot import Snapshot
from modelyard.tree import Kind, MemoryTree
from support.snapshots import RecordingTree, changed_files, snapshot_of, snapshot_with

FRAUD = ModelName("fraud")
NONE = Changes(registered=(), edited=(), removed=(), models=(), stages=(), strays=(), folders=(), policy=False)


def changes(changed: dict[str, str | None]) -> Changes:
    return find_changes(snapshot_with(), snapshot_with(changed))


def ids(*texts: str) -> tuple[VersionId, ...]:
    return tuple(VersionId.parse(text) for text in texts)


def test_nothing_changes_between_equal_trees() -> None:
    found = changes({})
    assert found == NONE
    assert found.empty


def test_versions_are_registered_edited_and_removed() -> None:
    found = changes({"fraud-1.0.0": None, "fraud-1.1.0/metrics.json": "{}", "fraud-2.0.0/a": ""})
    assert (found.registered, found.edited, found.removed) == (
        ids("fraud@2.0.0"),
        ids("fraud@1.1.0"),
        ids("fraud@1.0.0"),
    )
    assert found.touched == ids("fraud@1.1.0", "fraud@2.0.0")


def test_a_mode_is_an_edit() -> None:
    path = "model_registry/fraud-1.0.0/metrics.json"
    head = Snapshot(MemoryTree(changed_files(), kinds={path: Kind.EXECUTABLE}))
    assert find_changes(snapshot_with(), head).edited == ids("fraud@1.0.0")


def test_documents_of_models_and_stages_are_named() -> None:
    found = changes({"models/churn.yaml": "", "stages/production/fraud.yaml": None, "stages/canary/fraud.yaml": ""})
    assert found.models == (ModelName("churn"),)
    assert found.stages == (StageChange("canary", FRAUD), StageChange("production", FRAUD))
    assert [each.path for each in found.stages] == [
        "model_registry/stages/canary/fraud.yaml",
        "model_registry/stages/production/fraud.yaml",
    ]
    assert found.folders == ("model_registry/models", "model_registry/stages")


def test_what_is_no_document_is_noticed_too() -> None:
    for path in ("models/README", "stages/now.txt", "stages/production/UPPER.yaml", "archive/a/b"):
        found = changes({path: "x"})
        assert found.folders == (f"model_registry/{path.split('/')[0]}",)
        assert not found.empty


def test_the_policy_is_noticed_in_content_and_in_kind() -> None:
    path = "model_registry/registry.yaml"
    assert changes({"registry.yaml": "schema_version: 1\n"}).policy
    assert changes({"registry.yaml": None}).policy
    assert find_changes(snapshot_with(), Snapshot(MemoryTree(changed_files(), kinds={path: Kind.EXECUTABLE}))).policy


def test_strays_are_noticed_when_they_come_change_and_go() -> None:
    base = snapshot_with({"kept.txt": "1", "gone.txt": "1", "changed/a": "1"})
    head = snapshot_with({"kept.txt": "1", "new.txt": "1", "changed/a": "2"})
    assert find_changes(base, head).strays == (
        "model_registry/changed",
        "model_registry/gone.txt",
        "model_registry/new.txt",
    )


def test_a_registry_that_is_new_is_registered_whole() -> None:
    found = find_changes(snapshot_of({}), snapshot_with())
    assert found.registered == ids("fraud@1.0.0", "fraud@1.1.0")
    assert found.models == (FRAUD,)
    assert found.policy


def test_no_document_is_read() -> None:
    base, head = RecordingTree(changed_files()), RecordingTree(changed_files({"fraud-1.1.0/metrics.json": "{}"}))
    assert find_changes(Snapshot(base), Snapshot(head)).edited == ids("fraud@1.1.0")
    assert base.read_paths == head.read_paths == set()
