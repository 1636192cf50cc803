from __future__ import annotations

import pytest

from modelyard.errors import UsageError
from modelyard.lifecycle.choose import Choice, choose, parse_list
from modelyard.names import VersionId
from support.snapshots import snapshot_with

MORE: dict[str, str | None] = {
    "fraud-eu-2.0.0/metadata.yaml": "x: 1\n",
    "fraud-eu-2.1.0/metadata.yaml": "x: 1\n",
    "churn-1.0.0/metadata.yaml": "x: 1\n",
    "stages/staging/fraud.yaml": "version: 1.1.0\n",
    "stages/staging/fraud-eu.yaml": "version: 2.0.0\n",
    "stages/production/fraud.yaml": "version: 1.1.0\n",
}


def chosen(*words: str, all_in: str | None = None, to: str = "production") -> tuple[list[str], tuple[str, ...]]:
    choice = choose(words, to, snapshot_with(MORE), all_in=all_in)
    return list(map(str, choice.version_ids)), choice.left_out


def refusal(*words: str, all_in: str | None = None) -> tuple[str, str | None]:
    with pytest.raises(UsageError) as caught:
        chosen(*words, all_in=all_in)
    return caught.value.message, caught.value.hint


def test_a_version_is_taken_at_its_word() -> None:
    snapshot = snapshot_with({"models/fraud.yaml": "name: fraud\nowners: [a]\nyanked:\n  1.1.0: leaks\n"})
    assert choose(["fraud@1.1.0"], "staging", snapshot) == Choice((VersionId.parse("fraud@1.1.0"),))
    assert chosen("fraud-9.9.9") == (["fraud@9.9.9"], ())


def test_other_references_mean_what_they_always_mean() -> None:
    assert chosen("fraud-eu@staging", "churn@latest", "fraud-eu@^2.0") == (
        ["fraud-eu@2.0.0", "churn@1.0.0", "fraud-eu@2.1.0"],
        (),
    )


def test_a_pattern_meets_many_and_leaves_out_what_has_no_place() -> None:
    assert chosen("fraud*@staging") == (["fraud-eu@2.0.0"], ("fraud@1.1.0 is in production already",))
    assert chosen("*@staging")[1] == (
        "churn@staging resolves to nothing: no version of 'churn' is in staging",
        "fraud@1.1.0 is in production already",
    )


def test_all_that_is_in_a_stage_and_what_is_named_of_it() -> None:
    assert chosen(all_in="staging") == (["fraud-eu@2.0.0"], ("fraud@1.1.0 is in production already",))
    assert chosen("fraud-??", all_in="staging") == (["fraud-eu@2.0.0"], ())
    assert chosen("fraud-eu", "fraud", all_in="staging") == (["fraud-eu@2.0.0", "fraud@1.1.0"], ())


def test_nothing_that_is_left_is_wrong_usage() -> None:
    assert refusal(all_in="production") == (
        "nothing is left to promote to production",
        "fraud@1.1.0 is in production already",
    )
    assert refusal("x*@latest") == ("no model here has a name like 'x*'", "models here: churn, fraud, fraud-eu")
    assert refusal("fraud*@staging", "x*@latest") == (
        "no model here has a name like 'x*'",
        "models here: churn, fraud, fraud-eu",
    )
    assert refusal("x*", all_in="staging") == (
        "no model in staging has a name like 'x*'",
        "models in staging: fraud, fraud-eu",
    )
    assert refusal("fraud*") == ("'fraud*' does not say which versions", "fraud*@latest, or a stage: fraud*@staging")
    assert refusal("fraud*@stagin") == (
        "the policy knows no stage 'stagin'",
        "did you mean fraud*@staging?",
    )
    assert refusal("fraud@1.0.0", all_in="staging") == (
        "--all-in staging says which versions, so 'fraud@1.0.0' can be a name only",
        "fraud",
    )
    assert refusal(all_in="stagin") == ("the policy knows no stage 'stagin'", "did you mean --all-in staging?")


def test_a_list_of_references() -> None:
    assert parse_list("# release 7\nfraud@1.1.0  # new\n\n  churn@1.0.0\n") == ("fraud@1.1.0", "churn@1.0.0")
