from __future__ import annotations

import pytest

from modelyard.errors import UsageError
from modelyard.refs import Ref
from modelyard.resolve import resolve
from modelyard.snapshot import Snapshot
from support.snapshots import snapshot_with

MORE: dict[str, str | None] = {f"fraud-{version}/a": "" for version in ("1.10.0", "2.0.0-rc.1", "1.2.0", "0.3.1")}


def yanking(*versions: str) -> dict[str, str | None]:
    reasons = "".join(f"  {version}: leaks the label\n" for version in versions)
    return {"models/fraud.yaml": f"name: fraud\nowners: [a@example.org]\nyanked:\n{reasons}"}


def resolved(ref: str, changes: dict[str, str | None] | None = None) -> str:
    return str(resolve(Ref.parse(ref), snapshot_with(changes)))


def refusal(ref: str, snapshot: Snapshot) -> tuple[str, str | None]:
    with pytest.raises(UsageError) as caught:
        resolve(Ref.parse(ref), snapshot)
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    ("ref", "version"),
    [
        ("fraud@1.0.0", "fraud@1.0.0"),
        ("fraud-1.0.0", "fraud@1.0.0"),
        ("fraud@2.0.0-rc.1", "fraud@2.0.0-rc.1"),
        ("fraud@production", "fraud@1.0.0"),
        ("fraud@staging", "fraud@1.1.0"),
        ("fraud@latest", "fraud@1.10.0"),
        ("fraud@^1", "fraud@1.10.0"),
        ("fraud@~1.1", "fraud@1.1.0"),
        ("fraud@<1", "fraud@0.3.1"),
        ("fraud@>=2.0.0-rc.1", "fraud@2.0.0-rc.1"),
    ],
)
def test_what_a_reference_means(ref: str, version: str) -> None:
    assert resolved(ref, MORE) == version


def test_yanked_versions_are_passed_over() -> None:
    assert resolved("fraud@latest", {**MORE, **yanking("1.10.0")}) == "fraud@1.2.0"
    assert resolved("fraud@^1", {**MORE, **yanking("1.10.0", "1.2.0")}) == "fraud@1.1.0"


def test_a_yanked_version_is_refused_by_number_and_by_stage() -> None:
    snapshot = snapshot_with(yanking("1.0.0"))
    for ref in ("fraud@1.0.0", "fraud@production"):
        assert refusal(ref, snapshot) == (f"{ref} was yanked: leaks the label", "modelyard list fraud")
    assert str(resolve(Ref.parse("fraud@1.0.0"), snapshot, allow_yanked=True)) == "fraud@1.0.0"
    with pytest.raises(UsageError):
        resolve(Ref.parse("fraud@production"), snapshot, allow_yanked=True)


def test_what_was_retired_is_told_why() -> None:
    document = f"name: fraud\nowners: [ada]\nretired:\n  0.9.0: {{reason: leaks the label, tree: {'a' * 40}}}\n"
    snapshot = snapshot_with({"models/fraud.yaml": document})
    assert refusal("fraud@0.9.0", snapshot) == ("fraud@0.9.0 was retired: leaks the label", "modelyard history fraud")


@pytest.mark.parametrize(
    ("ref", "message", "hint"),
    [
        (
            "frauds@production",
            "frauds@production resolves to nothing: there is no model 'frauds'",
            "did you mean fraud@production?",
        ),
        ("zebra@latest", "zebra@latest resolves to nothing: there is no model 'zebra'", "models here: fraud"),
        (
            "fraud@1.2.0",
            "fraud@1.2.0 resolves to nothing: no registered version of 'fraud' fits",
            "registered versions: 1.0.0, 1.1.0",
        ),
        (
            "fraud@^2",
            "fraud@^2 resolves to nothing: no registered version of 'fraud' fits",
            "registered versions: 1.0.0, 1.1.0",
        ),
        (
            "fraud@productoin",
            "fraud@productoin resolves to nothing: the policy knows no stage 'productoin'",
            "did you mean fraud@production?",
        ),
        (
            "fraud@nowhere",
            "fraud@nowhere resolves to nothing: the policy knows no stage 'nowhere'",
            "stages are: staging, production",
        ),
        (
            "fraud@development",
            "fraud@development means no version: all are in development from the day of their registration",
            "name the newest: fraud@latest",
        ),
        (
            "fraud@best",
            "fraud@best resolves to nothing: the policy makes no scores",
            "set scores.weights in model_registry/registry.yaml, or modelyard best fraud --by METRIC",
        ),
    ],
)
def test_what_resolves_to_nothing_is_told_what_comes_nearest(ref: str, message: str, hint: str) -> None:
    assert refusal(ref, snapshot_with()) == (message, hint)


def test_a_model_that_is_in_no_stage_is_told_how_to_get_there() -> None:
    assert refusal("fraud@production", snapshot_with({"stages/production": None})) == (
        "fraud@production resolves to nothing: no version of 'fraud' is in production",
        "modelyard promote fraud@1.1.0 --to production",
    )


def test_an_empty_registry_names_no_model() -> None:
    snapshot = snapshot_with({"fraud-1.0.0": None, "fraud-1.1.0": None, "models": None, "stages": None})
    assert refusal("fraud@latest", snapshot) == (
        "fraud@latest resolves to nothing: there is no model 'fraud'",
        "models here: none",
    )


def test_nothing_is_resolved_by_a_document_with_faults() -> None:
    message = "fraud@1.0.0 cannot be resolved: model_registry/models/fraud.yaml:1:7: this bracket is never closed"
    found, _ = refusal("fraud@1.0.0", snapshot_with({"models/fraud.yaml": "name: [fraud\n"}))
    assert found == message
    found, _ = refusal("fraud@production", snapshot_with({"stages/production/fraud.yaml": "version: [1\n"}))
    assert found == (
        "fraud@production cannot be resolved: "
        "model_registry/stages/production/fraud.yaml:1:10: this bracket is never closed"
    )


def sharing(**stages: str) -> dict[str, str | None]:
    return {f"stages/{stage}/fraud.yaml": f"version: 1.0.0\ntraffic: {traffic}\n" for stage, traffic in stages.items()}


def test_the_challenger_is_the_one_version_beside_a_champion() -> None:
    assert resolved("fraud@challenger", sharing(production="{1.0.0: 90, 1.1.0: 10}")) == "fraud@1.1.0"
    both = sharing(staging="{1.0.0: 50, 1.1.0: 50}", production="{1.0.0: 90, 1.1.0: 10}")
    assert resolved("fraud@challenger", both) == "fraud@1.1.0"


def test_no_challenger_or_several_are_not_one() -> None:
    assert refusal("fraud@challenger", snapshot_with()) == (
        "fraud@challenger resolves to nothing: no version of 'fraud' has a share of the traffic beside a champion",
        "modelyard promote --help says how --traffic is shared",
    )
    two = sharing(staging="{1.0.0: 50, 1.2.0: 50}", production="{1.0.0: 90, 1.1.0: 10}")
    assert refusal("fraud@challenger", snapshot_with({**MORE, **two})) == (
        "fraud@challenger is not one version: 1.1.0 in production, 1.2.0 in staging",
        "name one: fraud@1.1.0",
    )
    yanked = {**sharing(production="{1.0.0: 90, 1.1.0: 10}"), **yanking("1.1.0")}
    assert refusal("fraud@challenger", snapshot_with(yanked)) == (
        "fraud@challenger was yanked: leaks the label",
        "modelyard list fraud",
    )
