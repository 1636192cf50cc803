from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from modelyard.problems import Severity
from modelyard.reports.gitlab import render
from modelyard.rules.judgement import Judgement
from support.judgements import ORDINARY, PROBES, hostile, problem

# As https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format tells it.
DOCUMENTED = Draft202012Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "minLength": 1},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "pattern": r"^(?!\./|/)."},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": {"begin": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    }
)


def entries_of(judgement: Judgement) -> list[dict[str, Any]]:
    """Return the entries of a report that is as documented, each with a fingerprint of its own."""
    text = render(judgement)
    assert not text.startswith("\ufeff"), "GitLab refuses a byte order mark"
    entries = json.loads(text)
    assert [error.message for error in DOCUMENTED.iter_errors(entries)] == []
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    return list(entries)


def test_all_that_the_head_has_is_reported() -> None:
    entries = entries_of(ORDINARY)
    assert [(entry["check_name"], entry["severity"]) for entry in entries] == [
        ("MY101", "critical"),
        ("MY207", "minor"),
        ("MY208", "info"),
        ("MY301", "critical"),
        ("modelyard", "info"),
    ]
    assert entries[1] == {
        "description": "`a` is wrong. write a: 1",
        "check_name": "MY207",
        "fingerprint": "f43d0354071a28afda35b9bae4fbeb73b06090abf9c4809f88328b73ea45a1bc",
        "severity": "minor",
        "location": {"path": "model_registry/fraud-1.0.0/metadata.yaml", "lines": {"begin": 7}},
    }


def test_a_problem_of_the_whole_file_stands_at_its_first_line() -> None:
    assert entries_of(ORDINARY)[0]["location"]["lines"] == {"begin": 1}


def test_what_needs_a_reviewer_is_major() -> None:
    (entry,) = entries_of(Judgement((problem("MY105", Severity.REVIEW),), ()))
    assert entry["severity"] == "major"


def test_nothing_to_tell_is_an_empty_list() -> None:
    assert render(Judgement((), ())) == "[]\n"


@pytest.mark.parametrize("probe", PROBES)
def test_case_46_text_of_strangers_is_made_visible(probe: str) -> None:
    for entry in entries_of(hostile(probe)):
        assert entry["description"].isprintable()
        assert entry["location"]["path"].isprintable()
