from __future__ import annotations

from modelyard.problems import Position, Problem, Severity
from modelyard.reports import text
from modelyard.reports.github import render
from modelyard.rules.judgement import Judgement
from support.judgements import HOSTILE, ORDINARY

FILE = "file=model_registry/fraud-1.0.0/metadata.yaml"


def test_an_ordinary_judgement_is_annotated_and_told() -> None:
    assert render(ORDINARY) == (
        f"::error {FILE},title=MY101::`a` is wrong. write a: 1\n"
        f"::warning {FILE},line=7,col=3,title=MY207::`a` is wrong. write a: 1\n"
        f"::notice {FILE},title=MY208::`a` is wrong. write a: 1\n" + text.render(ORDINARY)
    )


def test_what_the_format_gives_a_meaning_to_is_escaped() -> None:
    judgement = Judgement((Problem("MY105", Severity.REVIEW, "a,b:c%.csv", Position(1, 2), "50%", "x"),), ())
    assert render(judgement).splitlines()[0] == "::error file=a%2Cb%3Ac%25.csv,line=1,col=2,title=MY105::50%25. x"


def test_text_of_strangers_commands_no_runner() -> None:
    lines = render(HOSTILE).split("\n")
    assert [line for line in lines if line.lstrip().startswith("::")] == lines[:1]
    assert lines[0].count("::") == 6, "two of the command itself, two in its message, two in its hint"
    assert "##[" not in render(HOSTILE)
