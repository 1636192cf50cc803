from __future__ import annotations

import pytest

from modelyard.review.deeds import deeds_of, in_one_sentence
from modelyard.review.undoing import undoing
from support.reviews import PRODUCTION, Changes, stage, transition_of, version_like

MODEL = "models/fraud.yaml"
OWNED = "schema_version: 1\nname: fraud\nowners: [fraud-desk@example.org]\n"
BACK = "modelyard rollback fraud --stage production --to 1.0.0 --reason WHY --branch"
REVERT = "git revert --mainline 1 MERGE"


@pytest.mark.parametrize(
    ("changes", "base", "deeds", "undo"),
    [
        (
            {PRODUCTION: stage("1.1.0")},
            {},
            ["promotes `fraud@1.1.0` to `production`, replacing `1.0.0`"],
            [BACK],
        ),
        (
            {PRODUCTION: stage("1.1.0")},
            {PRODUCTION: None},
            ["promotes `fraud@1.1.0` to `production`"],
            ["modelyard demote fraud --from production --reason WHY --branch"],
        ),
        (
            {PRODUCTION: stage("1.0.0", traffic={"1.0.0": 90, "1.1.0": 10})},
            {},
            ["lets `fraud@1.0.0` serve in `production` beside `1.1.0` with 10% of the traffic"],
            [BACK],
        ),
        (
            {PRODUCTION: stage("1.0.0")},
            {PRODUCTION: stage("1.0.0", traffic={"1.0.0": 90, "1.1.0": 10})},
            ["lets `fraud@1.0.0` serve in `production` alone"],
            [BACK],
        ),
        (
            {PRODUCTION: stage("1.1.0", traffic={"1.0.0": 50, "1.1.0": 50})},
            {},
            ["promotes `fraud@1.1.0` to `production` beside `1.0.0` with 50% of the traffic, replacing `1.0.0`"],
            [BACK],
        ),
        (
            {PRODUCTION: stage("1.0.0", held={"1.1.0": "slow"})},
            {PRODUCTION: stage("1.1.0")},
            [
                "rolls `fraud` back in `production` from `1.1.0` to `1.0.0`",
                "holds `fraud@1.1.0` back from `production`",
            ],
            ["modelyard promote fraud@1.1.0 --to production --release-hold --branch"],
        ),
        (
            {PRODUCTION: None},
            {},
            ["takes `fraud` out of `production`, where `1.0.0` served"],
            ["modelyard promote fraud@1.0.0 --to production --branch"],
        ),
        (
            {PRODUCTION: stage("1.0.0", reason="because")},
            {},
            ["changes what `production` says of `fraud`, and not what serves"],
            [REVERT],
        ),
        ({PRODUCTION: "version: [\n"}, {}, [f"writes `model_registry/{PRODUCTION}`, which cannot be read"], [REVERT]),
        (
            {PRODUCTION: stage("1.0.0")},
            {PRODUCTION: stage("1.0.0", held={"1.1.0": "slow"})},
            ["lets `fraud@1.1.0` into `production` again"],
            [REVERT],
        ),
        (
            {**version_like("1.1.0", "1.2.0")},
            {},
            ["registers `fraud@1.2.0`"],
            ["modelyard yank fraud@1.2.0 --reason WHY --branch"],
        ),
        ({"fraud-1.1.0/MODEL_CARD.md": "x"}, {}, ["alters `fraud@1.1.0`, which was merged"], [REVERT]),
        (
            {"fraud-1.1.0": None, MODEL: f"{OWNED}retired: {{1.1.0: {{reason: old, tree: {'a' * 40}}}}}\n"},
            {},
            ["retires `fraud@1.1.0`"],
            [REVERT],
        ),
        (
            {MODEL: f"{OWNED}yanked: {{1.1.0: leaked labels}}\ndeprecation: {{reason: old}}\n"},
            {},
            ["yanks `fraud@1.1.0`", "deprecates `fraud`"],
            [REVERT],
        ),
        (
            {MODEL: OWNED},
            {MODEL: f"{OWNED}yanked: {{1.1.0: leaked labels}}\ndeprecation: {{reason: old}}\n"},
            ["un-yanks `fraud@1.1.0`", "un-deprecates `fraud`"],
            [REVERT],
        ),
        (
            {MODEL: OWNED.replace("fraud-desk@example.org", "a, b")},
            {},
            ["makes `a`, `b` the owners of `fraud`"],
            [REVERT],
        ),
        ({MODEL: f"{OWNED}task: regression\n"}, {}, ["changes what the registry says of `fraud`"], [REVERT]),
        ({MODEL: "["}, {}, [f"writes `model_registry/{MODEL}`, which cannot be read"], [REVERT]),
        ({MODEL: None}, {}, ["removes the document of `fraud`"], [REVERT]),
        ({"registry.yaml": "schema_version: 1\n"}, {}, ["changes the policy"], [REVERT]),
        ({"odd.txt": "x"}, {}, ["changes `model_registry/odd.txt`"], [REVERT]),
        ({"fraud-1.1.0": None}, {}, ["removes `fraud@1.1.0`"], [REVERT]),
        ({}, {}, [], []),
    ],
)
def test_what_a_change_does_and_how_to_undo_it(
    changes: Changes, base: Changes, deeds: list[str], undo: list[str]
) -> None:
    transition = transition_of(changes, base)
    assert list(deeds_of(transition)) == deeds
    assert list(undoing(transition)) == undo


def test_the_document_that_comes_with_a_first_version_goes_with_it() -> None:
    transition = transition_of({MODEL: OWNED, **version_like("1.1.0", "1.2.0")}, {MODEL: None})
    assert deeds_of(transition) == (
        "gives `fraud` the owners `fraud-desk@example.org`",
        "registers `fraud@1.2.0`",
    )
    assert undoing(transition) == ("modelyard yank fraud@1.2.0 --reason WHY --branch",)


def test_a_founding_is_one_thing() -> None:
    everything = dict.fromkeys(("registry.yaml", "models", "stages", "fraud-1.0.0", "fraud-1.1.0"))
    transition = transition_of({"registry.yaml": "schema_version: 1\n"}, everything)
    assert deeds_of(transition) == ("founds the registry",)


@pytest.mark.parametrize(
    ("deeds", "sentence"),
    [
        ((), "changes nothing in the registry"),
        (("a",), "a"),
        (("a", "b", "c"), "a; b; c"),
        (("a", "b", "c", "d"), "a; b; c; and does 1 more thing"),
        (("a", "b", "c", "d", "e"), "a; b; c; and does 2 more things"),
    ],
)
def test_many_deeds_are_counted(deeds: tuple[str, ...], sentence: str) -> None:
    assert in_one_sentence(deeds) == sentence
