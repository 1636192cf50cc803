from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from modelyard import __version__
from modelyard.documents import json as strict
from modelyard.documents.schema_check import check
from modelyard.documents.schemas import load
from modelyard.names import VersionId
from modelyard.reports.json import render
from modelyard.rules.judgement import Judgement
from support.judgements import EVIL, HOSTILE, ORDINARY, PROBES, hostile

JUDGEMENTS = [
    pytest.param(ORDINARY, id="ordinary"),
    pytest.param(HOSTILE, id="hostile"),
    pytest.param(Judgement((), ()), id="nothing"),
    pytest.param(Judgement((), (VersionId.parse("fraud@1.0.0-rc.1+x"),), founded=True, commit="a" * 64), id="founded"),
    *(pytest.param(hostile(probe), id=f"probe-{number}") for number, probe in enumerate(PROBES)),
]


@pytest.mark.parametrize("judgement", JUDGEMENTS)
def test_a_report_follows_its_published_schema(judgement: Judgement) -> None:
    value = json.loads(render(judgement))
    assert [error.message for error in Draft202012Validator(load("REPORT_SCHEMA")).iter_errors(value)] == []


def test_a_report_is_a_document_that_our_own_reader_takes() -> None:
    assert check("REPORT_SCHEMA", strict.read(render(ORDINARY).encode())) == ()


def test_an_ordinary_judgement() -> None:
    value = json.loads(render(ORDINARY))
    assert value["problems"][1] == {
        "code": "MY207",
        "severity": "warning",
        "state": "introduced",
        "path": "model_registry/fraud-1.0.0/metadata.yaml",
        "line": 7,
        "column": 3,
        "message": "`a` is wrong",
        "hint": "write a: 1",
        "fingerprint": "f43d0354071a28afda35b9bae4fbeb73b06090abf9c4809f88328b73ea45a1bc",
        "reason": None,
    }
    assert [each["code"] for each in value["healed"]] == ["MY302", "MY303"]
    assert [each["reason"] for each in value["exempted"]] == ["Agreed with legal."]
    assert {key: value[key] for key in ("schema_version", "tool")} == {
        "schema_version": 1,
        "tool": {"name": "modelyard", "version": __version__},
    }
    assert {key: value[key] for key in ("refused", "commit", "base", "founded", "versions")} == {
        "refused": True,
        "commit": "1" * 40,
        "base": "2" * 40,
        "founded": False,
        "versions": ["fraud@1.0.0"],
    }


def test_nothing_to_tell_is_told_with_every_key() -> None:
    value = json.loads(render(Judgement((), ())))
    assert value["problems"] == value["pre_existing"] == value["healed"] == value["exempted"] == []


def test_text_of_strangers_survives_as_plain_ascii() -> None:
    rendered = render(HOSTILE)
    assert rendered.isascii()
    assert "\x1b" not in rendered
    assert json.loads(rendered)["problems"][0]["message"] == EVIL
