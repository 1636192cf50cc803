from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.problems import Problem, Severity
from modelyard.reports.markdown import MOST_BYTES, render
from modelyard.rules.judgement import Judgement
from support.judgements import ORDINARY, PROBES, hostile, many, problem
from support.rendered import FORGE_LINK, elements_of, outside_code

OURS = {"html", "head", "body", "h2", "h3", "p", "ul", "li", "strong", "code", "br", "details", "summary"}
PLACE = "<code>model&#95;registry/fraud-1.0.0/metadata.yaml</code>"
PLACED = "<code>model&#95;registry/fraud-1.0.0/metadata.yaml&#58;7&#58;3</code>"


def test_an_ordinary_judgement() -> None:
    assert render(ORDINARY) == (
        "## modelyard: refused\n"
        "\n"
        "**Refused**: 1 problem, 1 warning, 1 model version judged. "
        "Judged: commit 111111111111 against 222222222222.\n"
        "\n"
        "Owners were not judged: nobody said who makes this change (--actor NAME).\n"
        "\n"
        "### Introduced by this change\n"
        "\n"
        f"- **error MY101** {PLACE}<br><code>a</code> is wrong<br>Hint: write a&#58; 1\n"
        f"- **warning MY207** {PLACED}<br><code>a</code> is wrong"
        "<br>Hint: write a&#58; 1\n"
        f"- **note MY208** {PLACE}<br><code>a</code> is wrong<br>Hint: write a&#58; 1\n"
        "\n"
        "<details>\n"
        "<summary>1 problem the base has as well</summary>\n"
        "\n"
        f"- **error MY301** {PLACE}<br><code>a</code> is wrong<br>Hint: write a&#58; 1\n"
        "\n"
        "</details>\n"
        "\n"
        "<details>\n"
        "<summary>2 problems of the base healed</summary>\n"
        "\n"
        f"- **error MY302** {PLACE}<br><code>a</code> is wrong<br>Hint: write a&#58; 1\n"
        f"- **error MY303** {PLACE}<br><code>a</code> is wrong<br>Hint: write a&#58; 1\n"
        "\n"
        "</details>\n"
        "\n"
        "<details>\n"
        "<summary>1 problem exempted by the policy</summary>\n"
        "\n"
        f"- **error MY304** {PLACE}<br><code>a</code> is wrong<br>Reason: Agreed with legal.\n"
        "\n"
        "</details>\n"
    )


def test_what_is_fine_is_one_sentence() -> None:
    assert render(Judgement((), ORDINARY.versions)) == (
        "## modelyard: passed\n\n**Passed**: no problems, 1 model version judged.\n"
    )


def test_a_founding_is_said() -> None:
    told = "The base has no registry yet: this change founds it, and its own policy judges it."
    assert render(Judgement((), (), founded=True)).splitlines()[-1] == told


def test_without_a_base_problems_are_found() -> None:
    assert "### Found\n" in render(Judgement((problem("MY101", Severity.ERROR),), ()))


@pytest.mark.parametrize("probe", PROBES)
def test_case_45_no_element_and_no_attribute_is_a_strangers(probe: str) -> None:
    elements = elements_of(render(hostile(probe)))
    assert {element.tag for element in elements} <= OURS
    assert [element.attrib for element in elements if element.attrib] == []
    counts = {tag: sum(element.tag == tag for element in elements) for tag in ("h2", "h3", "details", "li", "ul")}
    assert counts == {"h2": 1, "h3": 1, "details": 3, "li": 8, "ul": 4}


@given(st.text(st.sampled_from("<>&\"'`*_{}[]()#+-.!|~:=/\\ \n\tax1@$^%;?,")))
def test_case_45_no_mixture_of_signs_becomes_an_element(text: str) -> None:
    """tags(html(render(hostile(t)))) == tags(html(render(hostile("x")))) but for code"""
    tags = [
        [element.tag for element in elements_of(render(hostile(each))) if element.tag != "code"] for each in (text, "x")
    ]
    assert tags[0] == tags[1]


@pytest.mark.parametrize("probe", PROBES)
def test_case_46_nothing_is_mentioned_linked_closed_or_commanded(probe: str) -> None:
    markdown = render(hostile(probe))
    assert all(line.isprintable() for line in markdown.split("\n"))
    assert [line for line in markdown.split("\n") if line.lstrip().startswith("::")] == []
    assert "##[" not in markdown
    root = elements_of(markdown)[0]
    assert FORGE_LINK.findall(outside_code(root)) == []


def test_case_46_the_check_above_sees_what_a_forge_would_see() -> None:
    root = elements_of("fixes #1, @me `@you`\n\n<code>#2</code> www.x.org")[0]
    assert FORGE_LINK.findall(outside_code(root)) == ["fixes #1", "@m", "www."]


def test_what_does_not_fit_is_counted() -> None:
    markdown = render(Judgement(many(5000), (), pre_existing=many(10, Severity.NOTE)))
    assert MOST_BYTES - 500 < len(markdown.encode()) <= MOST_BYTES
    shown = markdown.count("\n- **")
    assert markdown.endswith(f"\n{5010 - shown} more problems left out here: `modelyard validate` tells them all.\n")
    assert markdown.count("<details>") == markdown.count("</details>")


def test_the_gravest_are_what_is_left_when_it_is_cut() -> None:
    judgement = Judgement((*many(900, Severity.NOTE), *many(2), *many(2, Severity.WARNING)), ())
    shown = re.findall(r"^- \*\*(\w+)", render(judgement), re.MULTILINE)
    assert shown[:5] == ["error", "error", "warning", "warning", "note"]


def test_case_45_a_megabyte_of_text_is_left_out_in_good_time() -> None:
    huge = Problem("MY105", Severity.ERROR, "model_registry/x", None, "a|" * 500_000, "h")
    assert render(Judgement((huge,), ())).splitlines()[-1] == (
        "1 more problem left out here: `modelyard validate` tells them all."
    )
