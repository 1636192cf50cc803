from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from jsonschema import Draft4Validator

from modelyard import __version__
from modelyard.problems import Position, Problem, Severity
from modelyard.reports.sarif import render
from modelyard.rules.catalogue import RULES
from modelyard.rules.judgement import Judgement
from modelyard.rules.rule import ChangeRule
from support.judgements import HOSTILE, ORDINARY, PROBES, hostile, many, problem

PUBLISHED = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json"
PATH = "model_registry/fraud-1.0.0/metadata.yaml"
PRINT = "307cd94e6de92ed9a1656306cdd96011cc268ba3f65e25a6ddc217c489253bf6"


@cache
def published() -> Draft4Validator:
    return Draft4Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))


def run_of(judgement: Judgement) -> dict[str, Any]:
    """Return the one run of a log that follows the published schema."""
    log = json.loads(render(judgement))
    assert [f"{error.json_path}: {error.message}" for error in published().iter_errors(log)] == []
    (run,) = log["runs"]
    return dict(run)


def test_the_schema_is_asked_at_all() -> None:
    log = json.loads(render(ORDINARY))
    log["runs"][0]["results"][0]["level"] = "fatal"
    (error,) = published().iter_errors(log)
    assert error.json_path == "$.runs[0].results[0].level"


def test_a_result_says_what_where_and_since_when() -> None:
    run = run_of(ORDINARY)
    assert run["results"][0] == {
        "ruleId": "MY101",
        "level": "error",
        "message": {"text": "`a` is wrong. write a: 1"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": PATH, "uriBaseId": "SRCROOT"},
                    "region": {"startLine": 1},
                }
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": PRINT, "modelyard/v1": PRINT},
        "ruleIndex": 0,
        "baselineState": "new",
    }
    assert [(each["ruleId"], each["level"], each["baselineState"]) for each in run["results"]] == [
        ("MY101", "error", "new"),
        ("MY207", "warning", "new"),
        ("MY208", "note", "new"),
        ("MY301", "error", "unchanged"),
        ("MY304", "error", "unchanged"),
        ("MY302", "error", "absent"),
        ("MY303", "error", "absent"),
    ]
    suppressed = [each["ruleId"] for each in run["results"] if "suppressions" in each]
    assert suppressed == ["MY304"]
    assert run["results"][4]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "Agreed with legal."}
    ]


def test_a_known_place_has_its_column_in_code_points() -> None:
    run = run_of(ORDINARY)
    assert run["results"][1]["locations"][0]["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 3}
    assert run["columnKind"] == "unicodeCodePoints"


def test_the_verdict_is_bound_to_a_commit() -> None:
    run = run_of(ORDINARY)
    assert run["automationDetails"] == {"id": f"modelyard/{'1' * 40}"}
    assert run["properties"] == {
        "commit": "1" * 40,
        "base": "2" * 40,
        "founded": False,
        "actor": None,
        "owners_judged": False,
    }
    assert run["originalUriBaseIds"] == {"SRCROOT": {"description": {"text": "The root of the repository."}}}


def test_without_a_base_nothing_is_new_and_no_rule_on_changes_ran() -> None:
    run = run_of(Judgement(ORDINARY.problems, (), exempted=ORDINARY.exempted))
    assert [each for each in run["results"] if "baselineState" in each] == []
    ran = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ran == [rule.code for rule in RULES if not isinstance(rule, ChangeRule)]


def test_every_rule_is_described_and_found_by_its_index() -> None:
    run = run_of(ORDINARY)
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("modelyard", __version__)
    assert [rule["id"] for rule in driver["rules"]] == [rule.code for rule in RULES]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    names = [rule["name"] for rule in driver["rules"]]
    assert names[0] == "DirectoryName"
    for rule, described in zip(RULES, driver["rules"], strict=True):
        assert described["shortDescription"]["text"].lower() == f"{rule.summary.lower()}."
        assert described["help"]["text"].startswith(rule.lesson.explanation)
        for example in (rule.lesson.bad, rule.lesson.good):
            assert indent(example, "    ") in described["help"]["markdown"]


def test_a_rule_that_the_table_does_not_know_is_named_without_an_index() -> None:
    (result,) = run_of(Judgement((problem("MY999", Severity.REVIEW),), ()))["results"]
    assert (result["ruleId"], result["level"], "ruleIndex" in result) == ("MY999", "error", False)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü.csv", "a%20b/%C3%BC.csv"),
        ("c:/x#y?z%41", "c%3A/x%23y%3Fz%2541"),
        ("\udcff\n", "%FF%0A"),
        ("[x](y)\\z", "%5Bx%5D%28y%29%5Cz"),
    ],
)
def test_a_path_is_a_relative_reference(path: str, uri: str) -> None:
    judgement = Judgement((Problem("MY105", Severity.ERROR, path, Position(1, 1), "m", "h"),), ())
    (result,) = run_of(judgement)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


@pytest.mark.parametrize("probe", PROBES)
def test_case_45_a_message_holds_no_link_and_nothing_unseen(probe: str) -> None:
    for result in run_of(hostile(probe))["results"]:
        assert "](" not in result["message"]["text"]
        assert result["message"]["text"].isprintable()


def test_text_of_strangers_is_made_visible() -> None:
    (result,) = run_of(HOSTILE)["results"]
    assert result["message"]["text"].startswith(r"x\x0d\x0a::error file=a::b\x1b[31m")


def test_more_than_a_run_may_hold_is_cut_and_said() -> None:
    (run,) = json.loads(render(Judgement(many(25_002), ())))["runs"]
    assert len(run["results"]) == 25_000
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "toolExecutionNotifications": [
                {"level": "warning", "message": {"text": "2 results left out: a run holds at most 25000."}}
            ],
        }
    ]


def test_a_long_message_is_cut() -> None:
    (result,) = run_of(Judgement((problem("MY207", Severity.ERROR, "x" * 5000),), ()))["results"]
    assert result["message"]["text"] == "x" * 999 + "…"
