from __future__ import annotations

from typing import Any

import pytest

from modelyard.documents.stage import Promotion
from modelyard.errors import ModelyardError, Refused, UsageError
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.rollback import RollbackRequest, roll_back
from modelyard.names import ModelName, Version
from support.snapshots import snapshot_with

PATH = "model_registry/stages/production/fraud.yaml"
REGISTERED: dict[str, str | None] = {f"fraud-{version}/metadata.yaml": "x: 1\n" for version in ("1.2.0", "1.3.0")}


def state(champion: str, **shares: int) -> Promotion:
    traffic = {Version.parse(version.replace("_", ".").lstrip("v")): share for version, share in shares.items()}
    return Promotion(version=Version.parse(champion), traffic=traffic)


def rolled_back(
    document: str | None, *past: Promotion, more: dict[str, str | None] | None = None, **request: Any
) -> Edits:
    snapshot = snapshot_with({**REGISTERED, **(more or {}), "stages/production/fraud.yaml": document})
    to = request.pop("to", None)
    asked = RollbackRequest(
        name=ModelName("fraud"),
        stage=request.pop("stage", "production"),
        reason="slow",
        to=Version.parse(to) if to else None,
        **request,
    )
    return roll_back(asked, snapshot, past)


def refusal(document: str | None, *past: Promotion, **request: Any) -> tuple[type, str, str | None]:
    with pytest.raises(ModelyardError) as caught:
        rolled_back(document, *past, **request)
    return type(caught.value), caught.value.message, caught.value.hint


def test_the_version_that_served_before_comes_back_and_the_new_one_is_held() -> None:
    document = "# Ask first.\nversion: 1.1.0 # champion\nreason: better\nheld:\n  0.9.0: leaks # incident 12\n"
    edits = rolled_back(document, state("1.1.0"), state("1.0.0"))
    assert edits.files[PATH].decode() == (
        "# Ask first.\nversion: 1.0.0 # champion\nreason: slow\nheld:\n  0.9.0: leaks # incident 12\n  1.1.0: slow\n"
    )
    assert edits.message == "Roll back fraud in production to 1.0.0\n\nslow\n"
    assert edits.branch == "rollback/fraud-1.0.0-in-production"
    assert list(map(str, edits.deeds)) == ["roll back fraud in production from 1.1.0 to 1.0.0, holding back 1.1.0"]


def test_without_a_hold() -> None:
    edits = rolled_back("version: 1.1.0\n", state("1.0.0"), hold=False)
    assert edits.files[PATH] == b"version: 1.0.0\nreason: slow\n"
    assert list(map(str, edits.deeds)) == ["roll back fraud in production from 1.1.0 to 1.0.0"]


def test_a_challenger_goes_and_its_champion_stays() -> None:
    now = "version: 1.0.0\ntraffic: {1.0.0: 50, 1.1.0: 50}\n"
    edits = rolled_back(now, state("1.0.0", v1_0_0=50, v1_1_0=50), state("1.0.0", v1_0_0=90, v1_1_0=10), state("1.0.0"))
    assert edits.files[PATH] == b"version: 1.0.0\nreason: slow\nheld:\n  1.1.0: slow\n"
    assert list(map(str, edits.deeds)) == ["roll back fraud in production to 1.0.0 alone, holding back 1.1.0"]


def test_a_new_champion_goes_though_the_old_one_still_has_a_share() -> None:
    now = "version: 1.1.0\ntraffic: {1.0.0: 10, 1.1.0: 90}\n"
    edits = rolled_back(now, state("1.1.0", v1_0_0=10, v1_1_0=90), state("1.0.0"))
    assert edits.files[PATH] == b"version: 1.0.0\nreason: slow\nheld:\n  1.1.0: slow\n"


def test_states_that_had_the_bad_version_already_are_no_way_back() -> None:
    past = (state("1.1.0"), state("1.1.0", v1_0_0=10, v1_1_0=90), state("1.0.0", v1_0_0=90, v1_1_0=10), state("1.0.0"))
    assert b"version: 1.0.0\n" in rolled_back("version: 1.1.0\n", *past).files[PATH]


def test_what_cannot_come_back_is_passed_over() -> None:
    yanked = {"models/fraud.yaml": "name: fraud\nowners: [a]\nyanked:\n  1.2.0: leaks\n"}
    now = "version: 1.3.0\nheld:\n  1.1.0: alerts\n"
    past = (state("1.3.0"), state("1.2.0"), state("1.1.0"), state("0.9.0"), state("1.0.0"))
    assert b"version: 1.0.0\n" in rolled_back(now, *past, more={**yanked}).files[PATH]
    assert refusal(now, *past[:-1], more={**yanked}) == (
        Refused,
        "nothing served in production before fraud@1.3.0 that could come back",
        "fraud@1.2.0 was yanked: leaks; fraud@1.1.0 is held: alerts; fraud@0.9.0 is not registered any more",
    )


def test_the_version_that_somebody_names_comes_back() -> None:
    past = (state("1.3.0"), state("1.2.0"), state("1.1.0"), state("1.0.0"))
    edits = rolled_back("version: 1.3.0\n", *past, to="1.1.0")
    assert edits.files[PATH] == b"version: 1.1.0\nreason: slow\nheld:\n  1.3.0: slow\n"
    now = "version: 1.3.0\ntraffic: {1.3.0: 90, 1.2.0: 10}\n"
    assert b"held:\n  1.2.0: slow\n  1.3.0: slow\n" in rolled_back(now, *past, to="1.1.0").files[PATH]
    assert b"version: 1.2.0\nreason: slow\nheld:\n  1.3.0: slow\n" in rolled_back(now, to="1.2.0").files[PATH]


def test_what_cannot_be_rolled_back() -> None:
    assert refusal("version: 1.1.0\n", state("1.1.0")) == (
        Refused,
        "nothing served in production before fraud@1.1.0 that could come back",
        "modelyard demote fraud --from production",
    )
    assert refusal(None) == (Refused, "no version of 'fraud' is in production", "it is in staging")
    assert refusal("version: 1.1.0\n", state("1.0.0"), to="1.2.0") == (
        Refused,
        "fraud@1.2.0 never served in production, so there is no way back to it",
        "modelyard promote fraud@1.2.0 --to production",
    )
    assert refusal("version: 1.1.0\n", state("1.0.0"), to="1.1.0") == (
        Refused,
        "fraud@1.1.0 alone serves in production already",
        "modelyard show fraud@production",
    )
    assert refusal("version: 1.1.0\n", to="3.0.0")[:2] == (
        UsageError,
        "fraud@3.0.0 is not registered in the last commit",
    )
    assert refusal("version: 1.1.0\n", stage="prod") == (
        UsageError,
        "the policy knows no stage 'prod'",
        "stages are: staging, production",
    )
