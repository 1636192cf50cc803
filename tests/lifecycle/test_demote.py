from __future__ import annotations

from typing import Any

import pytest

from modelyard.errors import ModelyardError, Refused, UsageError
from modelyard.lifecycle.demote import DemotionRequest, demote
from modelyard.lifecycle.edits import Edits
from modelyard.names import ModelName, Version
from support.snapshots import snapshot_with

PATH = "model_registry/stages/production/fraud.yaml"


def demoted(document: str | None, *, to: str | None = None, **request: Any) -> Edits:
    asked = DemotionRequest(
        name=ModelName("fraud"),
        stage=request.pop("stage", "production"),
        to=Version.parse(to) if to else None,
        **request,
    )
    return demote(asked, snapshot_with({"stages/production/fraud.yaml": document}))


def refusal(document: str | None, **request: Any) -> tuple[type, str, str | None]:
    with pytest.raises(ModelyardError) as caught:
        demoted(document, **request)
    return type(caught.value), caught.value.message, caught.value.hint


def test_a_model_leaves_a_stage() -> None:
    edits = demoted("version: 1.1.0\n", reason="The experiment is over.")
    assert edits.changes == {PATH: None}
    assert edits.message == "Demote fraud from production\n\nThe experiment is over.\n"
    assert edits.branch == "demote/fraud-from-production"
    assert list(map(str, edits.deeds)) == ["demote fraud from production, where 1.1.0 was"]


def test_a_stage_goes_back_to_a_version_that_is_named() -> None:
    document = "# Ask first.\nversion: 1.1.0\nreason: better\ntraffic: {1.1.0: 90, 1.0.0: 10}\n"
    edits = demoted(document, to="1.0.0", reason="too soon")
    assert edits.files == {PATH: b"# Ask first.\nversion: 1.0.0\nreason: too soon\n"}
    assert edits.title == "Demote fraud in production to 1.0.0"
    assert list(map(str, edits.deeds)) == ["demote fraud in production from 1.1.0 to 1.0.0"]


def test_holds_are_forgotten_only_where_somebody_says_so() -> None:
    document = "version: 1.0.0\nheld:\n  1.1.0: slow\n  0.9.0: leaks\n"
    assert refusal(document) == (
        Refused,
        "production holds back fraud 0.9.0, 1.1.0, which would be forgotten with its document",
        "modelyard yank fraud@0.9.0 --reason TEXT first, or add --forget-holds",
    )
    assert demoted(document, forget_holds=True).removed == (PATH,)


def test_what_cannot_be_demoted() -> None:
    assert refusal(None) == (Refused, "no version of 'fraud' is in production", "it is in staging")
    assert refusal("version: 1.0.0\n", to="1.0.0") == (
        Refused,
        "fraud@1.0.0 is in production already",
        "modelyard show fraud@production",
    )
    assert refusal("version: 1.0.0\n", stage="prodution") == (
        UsageError,
        "the policy knows no stage 'prodution'",
        "did you mean --from production?",
    )
    assert refusal("version: 1.0.0\n", to="7.0.0")[1] == "fraud@7.0.0 is not registered in the last commit"
