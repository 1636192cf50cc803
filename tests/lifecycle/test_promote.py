from __future__ import annotations

import pytest

from modelyard.errors import ModelyardError, Refused, UsageError
from modelyard.lifecycle.promote import promote
from modelyard.names import VersionId
from support.snapshots import snapshot_with

OLD, NEW = VersionId.parse("fraud@1.0.0"), VersionId.parse("fraud@1.1.0")
PATH = "model_registry/stages/production/fraud.yaml"


def refusal(version: str, stage: str, changes: dict[str, str | None] | None = None) -> tuple[type, str, str | None]:
    with pytest.raises(ModelyardError) as caught:
        promote(VersionId.parse(version), stage, snapshot_with(changes))
    return type(caught.value), caught.value.message, caught.value.hint


def test_a_first_promotion_writes_the_document() -> None:
    edits = promote(NEW, "production", snapshot_with({"stages/production": None}), reason="Better recall.")
    assert edits.files == {PATH: b"schema_version: 1\nversion: 1.1.0\nreason: Better recall.\n"}
    assert edits.title == "Promote fraud@1.1.0 to production"
    assert edits.branch == "promote/fraud-1.1.0-to-production"


def test_a_document_that_exists_is_edited_in_place() -> None:
    before = "# Ask the fraud desk first.\nreason: old # why\nversion: 1.0.0 # champion\nheld:\n  0.9.0: slow\n"
    edits = promote(NEW, "production", snapshot_with({"stages/production/fraud.yaml": before}))
    assert edits.files[PATH] == (b"# Ask the fraud desk first.\nversion: 1.1.0 # champion\nheld:\n  0.9.0: slow\n")


def test_a_new_champion_takes_all_traffic_and_leaves_old_evidence_behind() -> None:
    digest = "sha256:" + "0" * 64
    before = f"version: 1.0.0\ntraffic:\n  1.0.0: 90\n  1.1.0: 10\nevidence:\n  digest: {digest}\n  tool: a\n"
    changes: dict[str, str | None] = {"stages/production/fraud.yaml": before}
    assert promote(NEW, "production", snapshot_with(changes)).files[PATH] == b"version: 1.1.0\n"
    assert promote(OLD, "production", snapshot_with(changes)).files[PATH] == b"version: 1.0.0\n"


def test_what_cannot_be_promoted() -> None:
    assert refusal("fraud@1.0.0", "production") == (
        Refused,
        "fraud@1.0.0 is in production already",
        "modelyard show fraud@production",
    )
    assert refusal("fraud@1.2.0", "production") == (
        UsageError,
        "fraud@1.2.0 is not registered in the last commit",
        "registered: fraud@1.0.0, fraud@1.1.0",
    )
    assert refusal("frauds@1.0.0", "production")[2] == "registered: fraud"
    assert refusal("fraud@1.1.0", "prod") == (
        UsageError,
        "the policy knows no stage 'prod'",
        "stages are: staging, production",
    )
    assert refusal("fraud@1.1.0", "productoin")[2] == "did you mean --to production?"


def test_a_document_with_faults_is_not_edited() -> None:
    broken: dict[str, str | None] = {"stages/production/fraud.yaml": "version: [1.0.0\n"}
    kind, message, _hint = refusal("fraud@1.1.0", "production", broken)
    assert (kind, message) == (
        Refused,
        f"production cannot be edited: {PATH}:1:10: this bracket is never closed",
    )
