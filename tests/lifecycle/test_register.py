from __future__ import annotations

from typing import Any

import pytest

from modelyard.documents.metadata_parts import FileRecord, Source
from modelyard.documents.metrics import Metrics
from modelyard.documents.pointer import Pointer
from modelyard.errors import Refused
from modelyard.lifecycle.register import Registration, StoredArtifact, check_is_new, register
from modelyard.names import VersionId
from modelyard.rules.engine import judge_change
from modelyard.values import replace
from support.cases import KnownPast
from support.snapshots import changed_files, snapshot_of, snapshot_with

COMMIT = "3f786850e387550fdab836ed7e6dc881de23001b"
CARD = changed_files()["model_registry/fraud-1.0.0/MODEL_CARD.md"]


def stored(path: str, role: str, *, in_git: bool = False) -> StoredArtifact:
    record = FileRecord("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 4, role, "joblib")
    pointer = Pointer(path, "098f6bcd4621d373cade4e832627b4f6", 4)
    return StoredArtifact(path, {path: record}, None if in_git else pointer, {path: b"test"} if in_git else {})


def registration(version: str, **changes: Any) -> Registration:
    made = Registration(
        version_id=VersionId.parse(version),
        artifacts=(stored("model.joblib", "model"), stored("scaler[1].joblib", "preprocessor")),
        description="Scores card payments.",
        source=Source(".", COMMIT),
        training_hash=f"git:{COMMIT}",
        license="Apache-2.0",
        dataset="https://data.example.org/payments",
        card=CARD,
        created_at="2025-03-14T09:26:53Z",
        owners=("fraud-desk@example.org",),
        metrics=Metrics({"test.accuracy": 0.93}),
    )
    return replace(made, **changes)


def test_a_registration_is_whole_and_passes_its_own_gate() -> None:
    base = snapshot_with()
    edits = register(registration("fraud@1.2.0"), base)
    assert sorted(path.removeprefix("model_registry/") for path in edits.files) == [
        "fraud-1.2.0/.gitignore",
        "fraud-1.2.0/MODEL_CARD.md",
        "fraud-1.2.0/metadata.yaml",
        "fraud-1.2.0/metrics.json",
        "fraud-1.2.0/model.joblib.dvc",
        "fraud-1.2.0/scaler[1].joblib.dvc",
    ]
    assert (edits.title, edits.branch) == ("Register fraud@1.2.0", "register/fraud-1.2.0")
    head = snapshot_of({**changed_files(), **edits.files})
    assert judge_change(base, head, past=KnownPast()).problems == ()


def test_names_are_escaped_for_git_as_dvc_escapes_them() -> None:
    files = register(registration("fraud@1.2.0"), snapshot_with()).files
    assert files["model_registry/fraud-1.2.0/.gitignore"] == b"/model.joblib\n/scaler\\[1\\].joblib\n"


def test_an_artifact_in_git_needs_neither_pointer_nor_gitignore() -> None:
    alone = registration(
        "fraud@1.2.0", artifacts=(stored("model.joblib", "model", in_git=True),), license_text=b"Mine.\n"
    )
    files = register(alone, snapshot_with()).files
    assert files["model_registry/fraud-1.2.0/model.joblib"] == b"test"
    assert files["model_registry/fraud-1.2.0/LICENSE"] == b"Mine.\n"
    assert [path for path in files if path.endswith((".dvc", ".gitignore"))] == []


def test_a_new_model_gets_a_document_and_an_old_one_keeps_its_own() -> None:
    assert register(registration("churn@1.0.0"), snapshot_with()).files["model_registry/models/churn.yaml"] == (
        b"schema_version: 1\nname: churn\nowners:\n  - fraud-desk@example.org\n"
    )
    assert "model_registry/models/fraud.yaml" not in register(registration("fraud@1.2.0"), snapshot_with()).files


def refusal(version: str, changes: dict[str, str | None] | None = None) -> tuple[str, str | None]:
    with pytest.raises(Refused) as caught:
        check_is_new(VersionId.parse(version), snapshot_with(changes))
    return caught.value.message, caught.value.hint


def test_a_version_is_registered_once() -> None:
    assert refusal("fraud@1.0.0") == (
        "fraud@1.0.0 exists already; a version never changes once it is registered",
        "--version 1.1.1, or --bump patch|minor|major",
    )


def test_a_retired_version_is_never_registered_again() -> None:
    model = f"name: fraud\nowners: [a@example.org]\nretired:\n  1.2.0:\n    reason: wrong data\n    tree: {COMMIT}\n"
    assert refusal("fraud@1.2.0", {"models/fraud.yaml": model}) == (
        "fraud@1.2.0 was retired (wrong data) and is never registered again",
        "choose a new version number",
    )
