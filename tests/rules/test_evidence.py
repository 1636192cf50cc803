from __future__ import annotations

import json
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from modelyard.documents.canonical import digest
from modelyard.documents.stage import Promotion
from modelyard.errors import NotFinished
from modelyard.evaluate import evidence as evidence_module
from modelyard.evaluate import gates
from modelyard.evaluate.evidence import FORMAT, STATED_ONLY, TOOL, evidence, evidence_value
from modelyard.names import VersionId, parse_model_name
from modelyard.rules.engine import judge_change
from support.cases import KnownPast
from support.reviews import PRODUCTION, stage
from support.snapshots import snapshot_with

if TYPE_CHECKING:
    from modelyard.problems import Problem
    from support.reviews import Changes

FRAUD = parse_model_name("fraud")
ZEROS = "sha256:" + "0" * 64
GATES = """\
schema_version: 1
stages:
  - name: staging
  - name: production
    gates: [{metric: accuracy, at_least: %s}]
"""


def promotion(version: str, **more: Any) -> Promotion:
    return Promotion.from_value({"version": version, **more})


def digest_of(version: str, base: Changes | None = None, **more: Any) -> str:
    snapshot = snapshot_with(base)
    after = promotion(version, **more)
    return evidence("production", FRAUD, after, base=snapshot, head=snapshot, policy=snapshot.policy).digest


def told(changes: Changes, base: Changes | None = None, *, once: KnownPast | None = None) -> list[str]:
    head = snapshot_with({**(base or {}), **changes})
    judgement = judge_change(snapshot_with(base), head, past=once or KnownPast())
    return [f"{each.code} {_place(each)} {each.message}" for each in judgement.problems]


def _place(problem: Problem) -> str:
    return f"{problem.position.line}:{problem.position.column}" if problem.position else ""


def decided(version: str, digest: str, tool: str = TOOL, **more: Any) -> Changes:
    return {PRODUCTION: stage(version, evidence={"digest": digest, "tool": tool}, **more)}


def test_evidence_that_belongs_to_the_change_is_not_spoken_of() -> None:
    assert told(decided("1.1.0", digest_of("1.1.0"))) == []
    assert told(decided("1.1.0", digest_of("1.1.0"), tool="modelyard 0.0.9")) == []
    shares = {"1.0.0": 90, "1.1.0": 10}
    assert told(decided("1.0.0", digest_of("1.0.0", traffic=shares), traffic=shares)) == []


def test_a_promotion_by_hand_needs_no_evidence() -> None:
    assert told({PRODUCTION: stage("1.1.0")}) == []


@pytest.mark.parametrize(
    ("version", "more", "base"),
    [
        ("1.0.0", {}, {PRODUCTION: stage("1.1.0")}),
        ("1.1.0", {"traffic": {"1.0.0": 10, "1.1.0": 90}}, {}),
        ("1.1.0", {}, {"registry.yaml": GATES % 0.91}),
        ("1.1.0", {}, {"registry.yaml": GATES % 0.9 + "metrics: {confidence: 0.9}\n"}),
        ("1.1.0", {}, {"fraud-1.0.0/metrics.json": '{"test": {"accuracy": 0.922}}\n'}),
        ("1.1.0", {}, {PRODUCTION: None}),
    ],
)
def test_evidence_of_anything_else_is_refused(version: str, more: dict[str, Any], base: Changes) -> None:
    """Each is the evidence of another version, other shares, another gate, level, champion, or none"""
    other = digest_of(version, base, **more)
    right = digest_of("1.1.0")
    assert other != right
    assert told(decided("1.1.0", other)) == [
        f"MY656 4:11 the evidence of fraud@1.1.0 in production is {right}, and not {other}"
    ]


def test_what_is_no_part_of_the_decision_changes_nothing() -> None:
    """Another reason, comments, a hold, other stages and other parts of the policy"""
    right = digest_of("1.1.0")
    assert digest_of("1.1.0", reason="why", held={"0.9.0": "old"}) == right
    assert digest_of("1.1.0", {"registry.yaml": GATES % 0.9 + "licenses: {allow: [Apache-2.0]}\n"}) == right
    assert digest_of("1.1.0", {"stages/staging": None}) == right


def test_evidence_is_not_touched_without_a_decision() -> None:
    base = decided("1.0.0", ZEROS)
    message = "MY656 {} the evidence of fraud in production is changed, and nothing is decided anew"
    assert told(decided("1.0.0", ZEROS, reason="why"), base) == []
    assert told({PRODUCTION: stage("1.0.0")}, base) == [message.format("2:10")]
    assert told(decided("1.0.0", ZEROS.replace("0", "1")), base) == [message.format("4:11")]


def test_a_reverted_merge_is_warned_of() -> None:
    once = KnownPast(frozenset({("production", VersionId.parse("fraud@1.0.0"))}))
    back = decided("1.0.0", ZEROS)
    assert told(back, {PRODUCTION: stage("1.1.0")}, once=once) == [
        "MY609 2:10 fraud@1.0.0 was never in staging, and production takes versions from there",
        "MY658 4:11 fraud@1.0.0 comes back to production, and the evidence is not that of this change",
    ]


def test_the_evidence_is_all_that_was_decided_on() -> None:
    snapshot = snapshot_with({"models/fraud.yaml": None})
    after = promotion("1.1.0", traffic={"1.0.0": 10, "1.1.0": 90}, reason="why")
    value = evidence_value("production", FRAUD, after, base=snapshot, head=snapshot, policy=snapshot.policy)
    trees = {each: snapshot.version(VersionId.parse(f"fraud@{each}")).tree_id for each in ("1.0.0", "1.1.0")}
    assert value == {
        "format": 2,
        "stage": "production",
        "champion": {"before": {"id": "fraud@1.0.0", "tree": trees["1.0.0"]}, "after": "fraud@1.1.0"},
        "traffic": {"1.0.0": 10, "1.1.0": 90},
        "policy": {"confidence": 0.95, "lower_is_better": [], "proportions": ["accuracy"]},
        "versions": [
            {
                "version": {"id": "fraud@1.1.0", "tree": trees["1.1.0"]},
                "gates": [
                    {
                        "metric": "accuracy",
                        "at_least": 0.9,
                        "no_regression": False,
                        "tolerance": 0,
                        "strict": False,
                        "value": 0.934,
                        "bound": 0.918522,
                        "verdict": "kept",
                    }
                ],
                "metrics": {
                    "test.accuracy": {
                        "newer": {"point": 0.934, "low": 0.918522, "high": 0.946709},
                        "older": {"point": 0.921, "low": 0.90436, "high": 0.934953},
                        "verdict": "inconclusive",
                        "method": "Newcombe",
                        "difference": 0.013,
                        "low": -0.00783897,
                        "high": 0.0339377,
                        "adjusted": 0.219887,
                    }
                },
                "predictions": None,
            }
        ],
    }


def said(right: int) -> str:
    rows = "".join(f"test,{row},yes,{'yes' if row < right else 'no'}\n" for row in range(1200))
    return f"split,row,truth,prediction\n{rows}"


def errors(shift: float) -> Changes:
    """Return the predictions and the mean error of a version that is off by some in each second row."""
    rows = "".join(f"test,{row},{row},{row + shift * (row % 2)}\n" for row in range(1200))
    metrics = json.dumps({"test": {"mae": shift / 2}})
    return {"predictions.csv": f"split,row,truth,prediction\n{rows}", "metrics.json": metrics}


def with_both(older: Changes, newer: Changes) -> Changes:
    return {
        f"fraud-{version}/{name}": data
        for version, files in (("1.0.0", older), ("1.1.0", newer))
        for name, data in files.items()
    }


def evidence_in(form: int, base: Changes) -> Any:
    snapshot = snapshot_with(base)
    return evidence_value(
        "production", FRAUD, promotion("1.1.0"), base=snapshot, head=snapshot, policy=snapshot.policy, form=form
    )


def test_predictions_beside_both_versions_are_a_part_of_the_evidence() -> None:
    older, newer = said(1105), said(1121)
    base = with_both({"predictions.csv": older}, {"predictions.csv": newer})
    (version,) = evidence_in(FORMAT, base)["versions"]
    assert version["predictions"] == {
        "older": sha256(older.encode()).hexdigest(),
        "newer": sha256(newer.encode()).hexdigest(),
    }
    found = version["metrics"]["test.accuracy"]
    assert (found["method"], found["verdict"], found["adjusted"]) == ("McNemar mid-p", "better", 1.52588e-05)
    (alone,) = evidence_in(FORMAT, {"fraud-1.1.0/predictions.csv": newer})["versions"]
    assert (alone["predictions"], alone["metrics"]["test.accuracy"]["method"]) == (None, "Newcombe")


def test_evidence_from_before_predictions_counted_still_belongs_to_its_change() -> None:
    base = with_both({"predictions.csv": said(1105)}, {"predictions.csv": said(1121)})
    earlier, now = (digest(evidence_in(form, base)) for form in (STATED_ONLY, FORMAT))
    assert earlier != now
    assert told(decided("1.1.0", earlier), base) == told(decided("1.1.0", now), base) == []


def test_evidence_that_resamples_is_the_same_each_time_and_needs_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    base = with_both(errors(2.0), errors(1.0))
    value = evidence_in(FORMAT, base)
    (version,) = value["versions"]
    assert version["metrics"]["test.mae"]["method"] == "paired bootstrap"
    assert value == evidence_in(FORMAT, base)
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(NotFinished) as caught:
        evidence_in(FORMAT, base)
    assert (caught.value.message, caught.value.hint) == (
        "predictions are compared by a bootstrap, and NumPy is not installed",
        "pip install 'modelyard[stats]'",
    )


def test_gates_and_evidence_are_computed_once_for_all_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(module: Any, name: str) -> None:
        real = getattr(module, name)

        def ask(*arguments: Any, **more: Any) -> Any:
            asked.append(name)
            return real(*arguments, **more)

        monkeypatch.setattr(module, name, ask)

    changes = decided("1.1.0", ZEROS)
    counted(gates, "judge_gates")
    counted(evidence_module, "recomputed")
    assert [message[:5] for message in told(changes, {"registry.yaml": GATES % 0.99})] == ["MY610", "MY656"]
    assert asked == ["judge_gates", "recomputed"]
