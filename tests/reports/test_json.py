from __future__ import annotations

import json

from modelyard.reports.json import render
from modelyard.rules.judgement import Judgement
from support.judgements import EVIL, HOSTILE, ORDINARY


def test_an_ordinary_judgement() -> None:
    value = json.loads(render(ORDINARY))
    assert value["problems"][1] == {
        "code": "MY207",
        "severity": "warning",
        "path": "model_registry/fraud-1.0.0/metadata.yaml",
        "line": 7,
        "column": 3,
        "message": "`a` is wrong",
        "hint": "write a: 1",
    }
    assert [each["code"] for each in value["healed"]] == ["MY302", "MY303"]
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


def test_the_same_input_gives_the_same_bytes() -> None:
    assert render(ORDINARY) == render(ORDINARY)
