from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modelyard.errors import ModelyardError, Refused, UsageError
from modelyard.lifecycle.deprecate import deprecate, undeprecate
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.transfer import transfer
from modelyard.lifecycle.yank import unyank, yank
from modelyard.names import ModelName, VersionId
from modelyard.snapshot import Snapshot
from support.snapshots import snapshot_with

PATH = "model_registry/models/fraud.yaml"
FRAUD = ModelName("fraud")
OLD, NEW = VersionId.parse("fraud@1.0.0"), VersionId.parse("fraud@1.1.0")
DOCUMENT = "# The fraud desk's.\nname: fraud\nowners:\n  - ada # on call\n  - bob\n"


def registry(document: str | None = DOCUMENT) -> Snapshot:
    more = {"models/graph.yaml": "name: graph\nowners: [a]\n", "stages/staging": None}
    return snapshot_with({"models/fraud.yaml": document, **more})


def text(edits: Edits) -> str:
    return edits.files[PATH].decode()


def refusal(act: Callable[..., Edits], *arguments: Any, **options: Any) -> tuple[type, str, str | None]:
    with pytest.raises(ModelyardError) as caught:
        act(*arguments, **options)
    return type(caught.value), caught.value.message, caught.value.hint


def test_a_version_is_yanked_and_given_back() -> None:
    edits = yank(NEW, "Trained on leaked labels.", registry())
    assert text(edits) == f"{DOCUMENT}yanked:\n  1.1.0: Trained on leaked labels.\n"
    assert edits.message == "Yank fraud@1.1.0\n\nTrained on leaked labels.\n"
    assert (edits.branch, list(map(str, edits.deeds))) == ("yank/fraud-1.1.0", ["yank fraud@1.1.0"])

    back = unyank(NEW, registry(text(edits)), reason="The labels were right.")
    assert text(back) == DOCUMENT
    assert back.message == "Un-yank fraud@1.1.0\n\nThe labels were right.\n"
    assert list(map(str, back.deeds)) == ["un-yank fraud@1.1.0"]


def test_other_yanked_versions_stay() -> None:
    document = f"{DOCUMENT}yanked:\n  1.0.0: slow # incident 12\n  1.1.0: leaks\n"
    assert text(unyank(NEW, registry(document))) == f"{DOCUMENT}yanked:\n  1.0.0: slow # incident 12\n"
    assert "  1.1.0: Leaks, and more.\n" in text(yank(NEW, "Leaks, and more.", registry(document)))


def test_what_cannot_be_yanked() -> None:
    assert refusal(yank, OLD, "leaks", registry()) == (
        Refused,
        "fraud@1.0.0 serves in production, and no stage may name a yanked version",
        "modelyard rollback fraud --stage production --reason TEXT; or modelyard demote fraud --from production",
    )
    yanked = registry(f"{DOCUMENT}yanked: {{1.1.0: leaks}}\n")
    assert refusal(yank, NEW, "leaks", yanked) == (
        Refused,
        "fraud@1.1.0 was yanked for that reason already",
        "modelyard list fraud",
    )
    assert refusal(unyank, NEW, registry()) == (Refused, "fraud@1.1.0 is not yanked", "modelyard list fraud")
    assert refusal(yank, VersionId.parse("fraud@3.0.0"), "x", registry())[0] is UsageError
    assert refusal(unyank, VersionId.parse("fraud@3.0.0"), registry())[0] is UsageError


def test_a_model_without_a_sound_document() -> None:
    assert refusal(yank, NEW, "leaks", registry(None)) == (
        Refused,
        f"{PATH} does not exist yet",
        "modelyard transfer fraud --to OWNER writes it",
    )
    assert refusal(yank, NEW, "leaks", registry("name: [fraud\n"))[1] == (
        f"fraud cannot be edited: {PATH}:1:7: this bracket is never closed"
    )


def test_a_model_is_deprecated_and_taken_back() -> None:
    edits = deprecate(FRAUD, "Too slow.", registry(), replacement=ModelName("graph"))
    assert text(edits) == f"{DOCUMENT}deprecation:\n  reason: Too slow.\n  replacement: graph\n"
    assert edits.message == "Deprecate fraud in favour of graph\n\nToo slow.\n"
    assert list(map(str, edits.deeds)) == ["deprecate fraud in favour of graph"]

    again = deprecate(FRAUD, "Not maintained.", registry(text(edits)))
    assert text(again) == f"{DOCUMENT}deprecation:\n  reason: Not maintained.\n"

    back = undeprecate(FRAUD, registry(text(edits)), reason="Needed after all.")
    assert text(back) == DOCUMENT
    assert back.message == "Un-deprecate fraud\n\nNeeded after all.\n"


def test_what_cannot_be_deprecated() -> None:
    assert refusal(deprecate, ModelName("frod"), "x", registry()) == (
        UsageError,
        "there is no model 'frod'",
        "models here: fraud",
    )
    assert refusal(deprecate, FRAUD, "x", registry(), replacement=ModelName("gaph")) == (
        UsageError,
        "there is no model 'gaph'",
        "models here: graph",
    )
    assert refusal(deprecate, FRAUD, "x", registry(), replacement=FRAUD) == (
        UsageError,
        "fraud cannot replace itself",
        "--replacement another model",
    )
    deprecated = registry(f"{DOCUMENT}deprecation: {{reason: x}}\n")
    assert refusal(deprecate, FRAUD, "x", deprecated) == (
        Refused,
        "fraud is deprecated in these words already",
        f"{PATH} says so",
    )
    assert refusal(undeprecate, FRAUD, registry()) == (Refused, "fraud is not deprecated", "modelyard list fraud")


def test_a_model_gets_other_owners() -> None:
    edits = transfer(FRAUD, ["ada", "@org/risk", "ada"], registry(), reason="Bob has left.")
    assert text(edits) == "# The fraud desk's.\nname: fraud\nowners:\n  - ada # on call\n  - '@org/risk'\n"
    assert edits.message == "Transfer fraud to ada, @org/risk\n\nBob has left.\n"
    assert list(map(str, edits.deeds)) == ["transfer fraud to ada, @org/risk, from ada, bob"]


def test_a_model_without_a_document_gets_one_with_its_owner() -> None:
    edits = transfer(FRAUD, ["eve"], registry(None))
    assert text(edits) == "schema_version: 1\nname: fraud\nowners:\n  - eve\n"
    assert list(map(str, edits.deeds)) == ["transfer fraud to eve"]


def test_what_cannot_be_transferred() -> None:
    assert refusal(transfer, FRAUD, ["bob", "ada"], registry()) == (
        Refused,
        "fraud is owned by ada, bob already",
        f"{PATH} says so",
    )
    assert refusal(transfer, FRAUD, [], registry()) == (
        UsageError,
        "a model needs an owner",
        "modelyard transfer fraud --to OWNER",
    )
    assert refusal(transfer, ModelName("frod"), ["x"], registry())[1] == "there is no model 'frod'"
