from __future__ import annotations

import pytest

from modelyard.problems import Position, Problem, Severity
from modelyard.reports import text
from modelyard.reports.github import render
from modelyard.rules.judgement import Judgement
from support.judgements import HOSTILE, ORDINARY, PROBES, hostile, many, problem

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


@pytest.mark.parametrize("probe", PROBES)
def test_case_46_only_our_own_lines_are_commands(probe: str) -> None:
    judgement = hostile(probe)
    rendered = render(judgement)
    commands = [line for line in rendered.split("\n") if line.lstrip().startswith(("::", "##["))]
    assert len(commands) == len(judgement.problems)
    assert "##[" not in rendered
    assert rendered.replace("\n", "").isprintable()


def test_the_gravest_are_annotated_first_since_github_shows_only_some() -> None:
    problems = (*many(12, Severity.NOTE), *many(11, Severity.WARNING), problem("MY601", Severity.REVIEW), *many(11))
    lines = render(Judgement(problems, ())).splitlines()
    levels = [line.split(" ")[0] for line in lines[:35]]
    assert levels == ["::error"] * 12 + ["::warning"] * 11 + ["::notice"] * 12
    assert ",title=MY601::" in lines[11]
    assert lines[35] == (
        "GitHub shows 10 annotations of each level for a step, the gravest first: 5 more problems only below"
    )


def test_ten_of_a_level_are_all_shown() -> None:
    problems = (*many(10), *many(10, Severity.WARNING))
    assert "GitHub shows" not in render(Judgement(problems, ()))
