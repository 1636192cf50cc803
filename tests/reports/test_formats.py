"""Each format: it is made of the judgement alone, and the same judgement gives the same bytes."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.errors import UsageError
from modelyard.reports.formats import FORMATS, render
from support.judgements import HOSTILE, ORDINARY, PROBES, hostile

HIDING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
RENDER = """\
import sys
from modelyard.reports.formats import render
from support.judgements import HOSTILE, ORDINARY
for judgement in (ORDINARY, HOSTILE):
    sys.stdout.buffer.write(render(judgement, sys.argv[1]).encode("utf-8"))
"""


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_judgement_gives_the_same_bytes_whatever_the_order_of_sets(name: str) -> None:
    def rendered(seed: str) -> bytes:
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
        command = [sys.executable, "-c", RENDER, name]
        return subprocess.run(command, capture_output=True, check=True, env=environment).stdout

    first = rendered("1")
    assert first == rendered("2")
    assert first == "".join(render(each, name) for each in (ORDINARY, HOSTILE)).encode("utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_ends_its_last_line_and_holds_no_escape(name: str) -> None:
    for judgement in (ORDINARY, HOSTILE, *map(hostile, PROBES)):
        text = render(judgement, name)
        assert text.endswith("\n")
        assert "\x1b" not in text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_case_46_no_text_at_all_begins_a_line_or_hides_in_one(text: str) -> None:
    """No line of a report holds a character that hides, and each that a runner would obey is one of ours"""
    for name in ("text", "github", "gitlab", "sarif", "junit", "markdown"):
        lines = render(hostile(text), name).split("\n")
        assert HIDING.isdisjoint(map(unicodedata.category, "".join(lines)))
        obeyed = [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
        assert len(obeyed) == (2 if name == "github" else 0)


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("gitlab", "junit")])
def test_a_report_names_the_commits_and_every_state(name: str) -> None:
    text = render(ORDINARY, name)
    assert "1" * 12 in text
    assert "2" * 12 in text
    for word in {
        "text": ("the base has as well", "healed", "exempted"),
        "github": ("the base has as well", "healed", "exempted"),
        "markdown": ("the base has as well", "healed", "exempted"),
        "json": ('"introduced"', '"pre-existing"', '"healed"', '"exempted"'),
        "sarif": ('"new"', '"unchanged"', '"absent"', '"suppressions"'),
    }[name]:
        assert word in text


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(UsageError) as raised:
        render(ORDINARY, "xml")
    assert raised.value.message == "there is no report format 'xml'"
    assert raised.value.hint == "the formats are text, json, github, gitlab, sarif, junit, markdown"
