from __future__ import annotations

from typing import Any

import pytest

from modelyard.errors import ModelyardError, Refused, UsageError
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.promote import PromotionRequest, promote
from modelyard.names import Version, VersionId
from support.snapshots import snapshot_with

OLD, NEW = "fraud@1.0.0", "fraud@1.1.0"
PATH = "model_registry/stages/production/fraud.yaml"
Changes = dict[str, str | None]


def promoted(*versions: str, changes: Changes | None = None, stage: str = "production", **more: Any) -> Edits:
    traffic = {Version.parse(version): share for version, share in more.pop("traffic", {}).items()}
    ids = tuple(map(VersionId.parse, versions))
    return promote(PromotionRequest(version_ids=ids, stage=stage, traffic=traffic, **more), snapshot_with(changes))


def refusal(*versions: str, **more: Any) -> tuple[type, str, str | None]:
    with pytest.raises(ModelyardError) as caught:
        promoted(*versions, **more)
    return type(caught.value), caught.value.message, caught.value.hint


def test_a_first_promotion_writes_the_document() -> None:
    edits = promoted(NEW, changes={"stages/production": None}, reason="Better recall.")
    assert edits.files == {PATH: b"schema_version: 1\nversion: 1.1.0\nreason: Better recall.\n"}
    assert edits.title == "Promote fraud@1.1.0 to production"
    assert edits.branch == "promote/fraud-1.1.0-to-production"
    assert edits.message == "Promote fraud@1.1.0 to production\n\nBetter recall.\n"
    assert [str(deed) for deed in edits.deeds] == ["promote fraud@1.1.0 to production"]


def test_a_document_that_exists_is_edited_in_place() -> None:
    before = "# Ask the fraud desk first.\nreason: old # why\nversion: 1.0.0 # champion\nheld:\n  0.9.0: slow\n"
    edits = promoted(NEW, changes={"stages/production/fraud.yaml": before})
    assert edits.files[PATH] == (b"# Ask the fraud desk first.\nversion: 1.1.0 # champion\nheld:\n  0.9.0: slow\n")
    assert [str(deed) for deed in edits.deeds] == ["promote fraud@1.1.0 to production, replacing 1.0.0"]


def test_a_new_champion_takes_all_traffic_and_leaves_old_evidence_behind() -> None:
    digest = "sha256:" + "0" * 64
    before = f"version: 1.0.0\ntraffic:\n  1.0.0: 90\n  1.1.0: 10\nevidence:\n  digest: {digest}\n  tool: a\n"
    changes: Changes = {"stages/production/fraud.yaml": before}
    assert promoted(NEW, changes=changes).files[PATH] == b"version: 1.1.0\n"
    assert promoted(OLD, changes=changes).files[PATH] == b"version: 1.0.0\n"


def test_a_challenger_gets_its_share_and_the_champion_the_rest() -> None:
    edits = promoted(OLD, traffic={"1.1.0": 10}, reason="canary")
    assert edits.files == {
        PATH: b"schema_version: 1\nversion: 1.0.0\ntraffic:\n  1.0.0: 90\n  1.1.0: 10\nreason: canary\n"
    }
    assert edits.title == "Promote fraud@1.0.0 to production, 1.1.0 with 10%"
    assert edits.branch == "promote/fraud-1.0.0-to-production-with-1.1.0"
    (deed,) = edits.deeds
    assert deed.words == "fraud@1.0.0 to production, with 90% of the traffic beside 1.1.0 with 10%"
    assert deed.replaced is None


def test_shares_are_changed_key_by_key() -> None:
    before = "version: 1.0.0\ntraffic:\n  1.0.0: 90 # most\n  1.1.0: 10 # some\n"
    edits = promoted(OLD, traffic={"1.0.0": 50, "1.1.0": 50}, changes={"stages/production/fraud.yaml": before})
    assert edits.files[PATH] == b"version: 1.0.0\ntraffic:\n  1.0.0: 50 # most\n  1.1.0: 50 # some\n"


def test_all_of_the_traffic_is_no_split() -> None:
    assert promoted(NEW, traffic={"1.1.0": 100}).files[PATH] == b"schema_version: 1\nversion: 1.1.0\n"


def test_a_hold_is_released_only_where_somebody_says_so() -> None:
    changes: Changes = {"stages/production/fraud.yaml": "version: 1.0.0\nheld:\n  1.1.0: slow\n  0.9.0: leaks\n"}
    assert promoted(NEW, changes=changes).files[PATH] == b"version: 1.1.0\nheld:\n  1.1.0: slow\n  0.9.0: leaks\n"
    released = promoted(NEW, changes=changes, release_hold=True)
    assert released.files[PATH] == b"version: 1.1.0\nheld:\n  0.9.0: leaks\n"


def test_several_models_are_promoted_in_one_change() -> None:
    other = {
        "churn-2.0.0/metadata.yaml": "x: 1\n",
        "other-1.0.0/metadata.yaml": "x: 1\n",
        "stages/production/churn.yaml": "version: 1.0.0\n",
    }
    edits = promoted(NEW, "churn@2.0.0", changes={**other}, reason="release 7")
    assert edits.files == {
        PATH: b"schema_version: 1\nversion: 1.1.0\nreason: release 7\n",
        "model_registry/stages/production/churn.yaml": b"version: 2.0.0\nreason: release 7\n",
    }
    assert edits.title == "Promote fraud@1.1.0 and churn@2.0.0 to production"
    assert edits.branch == "promote/fraud-1.1.0-and-1-more-to-production"
    assert edits.message == (
        "Promote fraud@1.1.0 and churn@2.0.0 to production\n\nrelease 7\n\n"
        "- fraud@1.1.0 to production, replacing 1.0.0\n- churn@2.0.0 to production, replacing 1.0.0\n"
    )
    assert promoted(NEW, "churn@2.0.0", "other@1.0.0", changes={**other}).title == "Promote 3 models to production"


def test_what_cannot_be_promoted() -> None:
    assert refusal(OLD) == (Refused, "fraud@1.0.0 is in production already", "modelyard show fraud@production")
    assert refusal("fraud@1.2.0") == (
        UsageError,
        "fraud@1.2.0 is not registered in the last commit",
        "registered: fraud@1.0.0, fraud@1.1.0",
    )
    assert refusal("frauds@1.0.0")[2] == "registered: fraud"
    assert refusal(NEW, stage="prod") == (
        UsageError,
        "the policy knows no stage 'prod'",
        "stages are: staging, production",
    )
    assert refusal(NEW, stage="productoin")[2] == "did you mean --to production?"
    assert refusal() == (UsageError, "no version is named", "modelyard promote NAME@VERSION --to production")


def test_a_stage_takes_one_version_of_a_model() -> None:
    assert refusal(OLD, NEW) == (
        UsageError,
        "production takes one version of each model, and both fraud@1.0.0 and fraud@1.1.0 are named",
        "for a part of the traffic: --traffic 1.1.0=10",
    )
    assert refusal(NEW, NEW) == (UsageError, "a version is named twice", "name each once")


@pytest.mark.parametrize(
    ("traffic", "message", "hint"),
    [
        (
            {"1.0.0": 100},
            "--traffic leaves nothing to fraud@1.1.0, which is promoted",
            "the shares of the others must sum to less than 100",
        ),
        (
            {"1.0.0": 50, "1.1.0": 40},
            "--traffic sums to 90 percent",
            "make it 100, or leave one version's share out",
        ),
        (
            {"1.0.0": 0, "1.1.0": 100},
            "--traffic gives 1.0.0 0 percent, and a share is 1 to 100",
            "--traffic 1.0.0=10",
        ),
        ({"3.0.0": 10}, "fraud@3.0.0 is not registered in the last commit", "registered: fraud@1.0.0, fraud@1.1.0"),
    ],
)
def test_shares_that_come_to_nothing_sensible(traffic: dict[str, int], message: str, hint: str) -> None:
    assert refusal(NEW, traffic=traffic) == (UsageError, message, hint)


def test_traffic_is_for_one_model() -> None:
    assert refusal(NEW, "churn@1.0.0", traffic={"1.0.0": 10}) == (
        UsageError,
        "--traffic speaks of the versions of one model, and several are promoted",
        "promote them one by one",
    )


def test_a_document_with_faults_is_not_edited() -> None:
    kind, message, _hint = refusal(NEW, changes={"stages/production/fraud.yaml": "version: [1.0.0\n"})
    assert (kind, message) == (
        Refused,
        f"production cannot be edited: {PATH}:1:10: this bracket is never closed",
    )
