from __future__ import annotations

from functools import partial

import pytest

from modelyard.errors import Refused, UsageError
from modelyard.lifecycle.choose import choose_models
from modelyard.lifecycle.demote import DemotionRequest, demote
from modelyard.lifecycle.together import together
from modelyard.lifecycle.yank import yank
from modelyard.names import ModelName, VersionId
from support.snapshots import snapshot_with

FRAUD = ModelName("fraud")
OLD, NEW = VersionId.parse("fraud@1.0.0"), VersionId.parse("fraud@1.1.0")
DOCUMENT = "model_registry/models/fraud.yaml"
MORE: dict[str, str | None] = {
    "fraud-eu-1.0.0/a": "",
    "churn-1.0.0/a": "",
    "stages/staging/fraud-eu.yaml": "version: 1.0.0\n",
}


def test_each_change_sees_those_before_it() -> None:
    snapshot = snapshot_with({"stages": None})
    before = snapshot.tree.read(DOCUMENT).decode()

    edits = together([partial(yank, each, "Leaks.") for each in (OLD, NEW)], snapshot, title="Yank both")

    assert edits.files[DOCUMENT].decode() == f"{before}yanked:\n  1.0.0: Leaks.\n  1.1.0: Leaks.\n"
    assert edits.message == "Yank both\n\nLeaks.\n\n- fraud@1.0.0\n- fraud@1.1.0\n"
    assert edits.branch == "yank/fraud-1.0.0-and-1-more"
    assert list(map(str, edits.deeds)) == ["yank fraud@1.0.0", "yank fraud@1.1.0"]


def test_one_change_is_as_it_is_alone() -> None:
    snapshot = snapshot_with({"stages": None})
    assert together([partial(yank, OLD, "Leaks.")], snapshot, title="Another") == yank(OLD, "Leaks.", snapshot)


def test_removals_are_one_change_too() -> None:
    requests = [DemotionRequest(name=FRAUD, stage=stage) for stage in ("staging", "production")]
    edits = together([partial(demote, each) for each in requests], snapshot_with(), title="Demote")
    assert edits.removed == (
        "model_registry/stages/staging/fraud.yaml",
        "model_registry/stages/production/fraud.yaml",
    )
    assert edits.files == {}
    assert edits.body == "- fraud from staging, where 1.1.0 was\n- fraud from production, where 1.0.0 was"


def test_where_one_is_refused_there_is_no_change() -> None:
    with pytest.raises(Refused) as caught:
        together([partial(yank, each, "Leaks.") for each in (OLD, OLD)], snapshot_with({"stages": None}), title="")
    assert caught.value.message == "fraud@1.0.0 was yanked for that reason already"
    with pytest.raises(UsageError) as wrong:
        together([], snapshot_with(), title="")
    assert wrong.value.message == "nothing is named"


def test_names_and_patterns_mean_models_each_once() -> None:
    snapshot = snapshot_with(MORE)
    assert choose_models(["fraud-*", "churn", "fraud*"], snapshot) == ("fraud-eu", "churn", "fraud")
    assert choose_models(["*"], snapshot, stage="staging") == ("fraud", "fraud-eu")


@pytest.mark.parametrize(
    ("words", "stage", "message", "hint"),
    [
        (["frod"], None, "there is no model 'frod'", "models here: fraud"),
        (["x*"], None, "no model here has a name like 'x*'", "models here: churn, fraud, fraud-eu"),
        (["c*"], "staging", "no model in staging has a name like 'c*'", "models in staging: fraud, fraud-eu"),
    ],
)
def test_what_means_no_model(words: list[str], stage: str | None, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose_models(words, snapshot_with(MORE), stage=stage)
    assert (caught.value.message, caught.value.hint) == (message, hint)
