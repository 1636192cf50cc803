from __future__ import annotations

import json
from typing import Any

import pytest

from modelyard.errors import ModelyardError, Refused, UsageError
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.retire import retire
from modelyard.names import VersionId
from support.snapshots import snapshot_with

OLD, NEW = VersionId.parse("fraud@1.0.0"), VersionId.parse("fraud@1.1.0")
DOCUMENT = "model_registry/models/fraud.yaml"
ARCHIVE = "model_registry/archive/fraud.jsonl"
NOWHERE: dict[str, str | None] = {"stages": None}


def retired(*version_ids: VersionId, changes: dict[str, str | None] | None = None) -> Edits:
    return retire(version_ids, "Nobody uses it.", snapshot_with({**NOWHERE, **(changes or {})}))


def refusal(*version_ids: VersionId, **more: Any) -> tuple[type, str, str | None]:
    with pytest.raises(ModelyardError) as caught:
        retired(*version_ids, **more)
    return type(caught.value), caught.value.message, caught.value.hint


def test_a_version_goes_and_its_tombstone_and_figures_stay() -> None:
    snapshot = snapshot_with(NOWHERE)
    tree = snapshot.tree.id("model_registry/fraud-1.0.0")
    before = snapshot.tree.read(DOCUMENT).decode()

    edits = retired(OLD)

    assert edits.removed == ("model_registry/fraud-1.0.0",)
    assert edits.files[DOCUMENT].decode() == (
        f"{before}retired:\n  1.0.0:\n    reason: Nobody uses it.\n    tree: {tree}\n"
    )
    (line,) = edits.files[ARCHIVE].decode().splitlines()
    metadata = snapshot.version(OLD).require_metadata()
    metrics = snapshot.version(OLD).metrics
    assert metrics
    assert metrics.document
    assert json.loads(line) == {
        "version": "1.0.0",
        "tree": tree,
        "reason": "Nobody uses it.",
        "created_at": metadata.created_at,
        "training_hash": metadata.training_hash,
        "metrics": metrics.document.value,
        "evaluation": metadata.to_value().get("evaluation", {}),
    }
    assert edits.message == "Retire fraud@1.0.0\n\nNobody uses it.\n"
    assert edits.branch == "retire/fraud-1.0.0"
    assert list(map(str, edits.deeds)) == ["retire fraud@1.0.0"]


def test_an_archive_grows_at_its_end() -> None:
    for before in ('{"version": "0.9.0"}\n', '{"version": "0.9.0"}'):
        edits = retired(OLD, NEW, changes={"archive/fraud.jsonl": before})
        lines = edits.files[ARCHIVE].decode().splitlines()
        assert edits.files[ARCHIVE].startswith(before.encode())
        assert [json.loads(line)["version"] for line in lines] == ["0.9.0", "1.0.0", "1.1.0"]
        assert edits.title == "Retire fraud@1.0.0 and fraud@1.1.0"
        assert edits.branch == "retire/fraud-1.0.0-and-1-more"


def test_an_archive_that_is_larger_than_a_document_grows_too() -> None:
    before = '{"version": "0.9.0"}\n' * 100_000
    assert len(retired(OLD, changes={"archive/fraud.jsonl": before}).files[ARCHIVE]) > len(before) > 1 << 20


def test_versions_of_several_models_go_in_one_change() -> None:
    changes: dict[str, str | None] = {
        "churn-1.0.0/metadata.yaml": "broken: [\n",
        "models/churn.yaml": "name: churn\nowners: [a]\n",
    }
    churn = VersionId.parse("churn@1.0.0")
    edits = retired(OLD, NEW, churn, changes=changes)
    assert edits.title == "Retire 3 versions"
    assert edits.body == "Nobody uses it.\n\n- fraud@1.0.0\n- fraud@1.1.0\n- churn@1.0.0"
    figures = json.loads(edits.files["model_registry/archive/churn.jsonl"])
    assert (figures["metrics"], figures["evaluation"], figures["created_at"]) == ({}, {}, None)


def test_what_cannot_be_retired() -> None:
    assert refusal() == (UsageError, "no version is named", "modelyard retire NAME@VERSION --reason TEXT")
    assert refusal(VersionId.parse("fraud@3.0.0"))[:2] == (
        UsageError,
        "fraud@3.0.0 is not registered in the last commit",
    )
    gone = f"name: fraud\nowners: [ada]\nretired:\n  0.9.0: {{reason: leaks the label, tree: {'a' * 40}}}\n"
    assert refusal(VersionId.parse("fraud@0.9.0"), changes={"models/fraud.yaml": gone}) == (
        UsageError,
        "fraud@0.9.0 was retired: leaks the label",
        "modelyard history fraud",
    )
    assert refusal(
        OLD, changes={"stages/production/fraud.yaml": "version: 1.1.0\ntraffic: {1.1.0: 90, 1.0.0: 10}\n"}
    ) == (
        Refused,
        "fraud@1.0.0 serves in production",
        "modelyard rollback fraud --stage production --reason TEXT; or modelyard demote fraud --from production",
    )
    assert refusal(OLD, changes={"registry.yaml": "schema_version: 1\nretention: {keep: [fraud@1.0.0]}\n"}) == (
        Refused,
        "the policy keeps fraud@1.0.0",
        "take it out of `retention.keep` in model_registry/registry.yaml first",
    )
    assert refusal(OLD, changes={"models/fraud.yaml": "name: [\n"})[0] is Refused


def test_parents_go_with_their_children_or_stay() -> None:
    metadata = snapshot_with().tree.read("model_registry/fraud-1.1.0/metadata.yaml").decode()
    child: dict[str, str | None] = {"fraud-1.1.0/metadata.yaml": f"{metadata}parents: [fraud@1.0.0]\n"}
    assert refusal(OLD, changes=child) == (
        Refused,
        "fraud@1.1.0 was made from fraud@1.0.0, and stays",
        "modelyard retire fraud@1.0.0 fraud@1.1.0 --reason TEXT",
    )
    assert len(retired(OLD, NEW, changes=child).removed) == 2
