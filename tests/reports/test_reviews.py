from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modelyard.documents.schemas import load
from modelyard.evaluate.metric_changes import MetricChanges
from modelyard.names import VersionId
from modelyard.reports import review_json, review_markdown, review_text
from modelyard.reports.style import COLOURED
from modelyard.reports.visible import visible
from modelyard.values import replace
from support.judgements import EVIL, PROBES, many
from support.rendered import FORGE_LINK, elements_of, outside_code
from support.reviews import REVIEWS, formats_of, hostile_review, reviews

OURS = {"html", "head", "body", "h2", "h3", "h4", "p", "ul", "li", "strong", "code", "br", "details", "summary", "pre"}
OURS |= {"table", "tbody", "tr", "th", "td"}
SIGNS = st.text(st.sampled_from("<>&\"'`*_{}[]()#+-.!|~:=/\\ \n\tax1@$^%;?,"))


def tags_of(markdown: str) -> list[str]:
    """Return the elements of a report but for `code`, by which more or fewer words are told apart."""
    return [element.tag for element in elements_of(markdown) if element.tag != "code"]


@pytest.mark.parametrize("name", reviews())
def test_a_review_is_told_as_expected(name: str) -> None:
    told = formats_of(reviews()[name])
    assert told == {suffix: (REVIEWS / f"{name}.{suffix}").read_text("utf-8") for suffix in told}


@pytest.mark.parametrize("name", reviews())
def test_a_review_follows_its_published_schema(name: str) -> None:
    value = json.loads(review_json.render(reviews()[name]))
    assert [error.message for error in Draft202012Validator(load("REVIEW_SCHEMA")).iter_errors(value)] == []
    judged = value["judgement"]
    assert judged is None or not list(Draft202012Validator(load("REPORT_SCHEMA")).iter_errors(judged))


@pytest.mark.parametrize("probe", [*PROBES, EVIL])
def test_case_45_no_element_and_no_attribute_of_a_review_is_a_strangers(probe: str) -> None:
    markdown = review_markdown.render(hostile_review(probe))
    elements = elements_of(markdown)
    assert {element.tag for element in elements} <= OURS
    assert [element.attrib for element in elements if element.attrib] == []
    assert tags_of(markdown) == tags_of(review_markdown.render(hostile_review("x")))


@given(SIGNS)
def test_case_45_no_mixture_of_signs_in_a_review_becomes_an_element(text: str) -> None:
    """tags(html(render(hostile(t)))) == tags(html(render(hostile("x")))) but for code"""
    texts = (text or "x", "x")
    assert tags_of(review_markdown.render(hostile_review(texts[0]))) == tags_of(
        review_markdown.render(hostile_review(texts[1]))
    )


@pytest.mark.parametrize("probe", [*PROBES, EVIL])
def test_case_46_nothing_of_a_review_is_mentioned_linked_closed_or_commanded(probe: str) -> None:
    markdown = review_markdown.render(hostile_review(probe))
    assert all(line.isprintable() for line in markdown.split("\n"))
    assert [line for line in markdown.split("\n") if line.lstrip().startswith("::")] == []
    assert "##[" not in markdown
    assert FORGE_LINK.findall(outside_code(elements_of(markdown)[0])) == []


@given(st.text(st.characters()))
def test_nothing_of_a_review_commands_a_terminal_or_a_runner(text: str) -> None:
    """render(hostile(t)) has as many lines as render(hostile("x")), all printable, and no line or sign is a command"""
    told = review_text.render(hostile_review(text or "x"))
    assert told.count("\n") == review_text.render(hostile_review("x")).count("\n")
    assert [line for line in told.split("\n") if line != visible(line)] == []
    assert [line for line in told.split("\n") if line.lstrip().startswith("::")] == []
    assert "##[" not in told


@given(st.text(st.characters()))
def test_a_program_reads_what_was_written(text: str) -> None:
    """loads(json(hostile(t))).candidates[0].description == t"""
    value: Any = json.loads(review_json.render(hostile_review(text)))
    assert value["candidates"][0]["description"] == text


def test_colours_are_all_that_a_terminal_gets_beside_the_text() -> None:
    import re

    review = reviews()["promotion"]
    coloured = review_text.render(review, style=COLOURED)
    assert coloured != review_text.render(review)
    assert re.sub(r"\x1b\[[0-9]+m", "", coloured) == review_text.render(review)


def test_what_does_not_fit_is_named() -> None:
    review = reviews()["promotion"]
    long = replace(review.candidates[0], card=("+" + "x" * 70_000,))
    markdown = review_markdown.render(replace(review, candidates=(long, long)))
    assert len(markdown.encode()) <= review_markdown.MOST_BYTES
    assert "\n\nMore does not fit here: `modelyard report` tells it all.\n\n### To undo it" in markdown
    assert "licence" in markdown
    assert "Model card" not in markdown


def test_many_problems_leave_room_for_the_rest() -> None:
    review = reviews()["promotion"]
    assert review.judgement
    crowded = replace(review, judgement=replace(review.judgement, problems=many(5000)))
    markdown = review_markdown.render(crowded)
    assert len(markdown.encode()) <= review_markdown.MOST_BYTES
    assert "more problems left out here: `modelyard validate` tells them all." in markdown
    assert "Model card, line by line" in markdown


def test_what_is_unreadable_is_not_held_against_anything() -> None:
    candidate = replace(reviews()["promotion"].candidates[0], facts=(), metrics=MetricChanges(()), gates=(), card=())
    told = review_text.render(replace(reviews()["promotion"], candidates=(candidate,)))
    assert "signature" not in told
    assert str(VersionId.parse("fraud@1.3.0")) in told
