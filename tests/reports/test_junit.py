from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from modelyard.names import VersionId
from modelyard.problems import Problem, Severity
from modelyard.reports.junit import render
from modelyard.rules.judgement import Judgement
from support.judgements import ORDINARY, PROBES, hostile, problem

# What the JUnit plugin of Jenkins reads: the children and the attributes of each element.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out"},
    "properties": {"property"},
    "testcase": {"failure", "system-out"},
}
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "property": {"name", "value"},
    "testcase": {"classname", "name"},
    "failure": {"type", "message"},
}


def suite_of(judgement: Judgement) -> ET.Element:
    """Return the one suite of a document that is strict XML of the shape that readers share."""
    root = ET.fromstring(render(judgement).encode("utf-8"))
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert set(element.attrib) == ATTRIBUTES.get(element.tag, set())
    (suite,) = root
    cases = suite.findall("testcase")
    failed = [case for case in cases if case.find("failure") is not None]
    for element in (root, suite):
        assert (element.get("tests"), element.get("failures")) == (str(len(cases)), str(len(failed)))
    assert all(len(case.findall("failure")) <= 1 for case in cases)
    return suite


def test_an_ordinary_judgement() -> None:
    suite = suite_of(ORDINARY)
    registry, version = suite.findall("testcase")
    assert (registry.get("name"), list(registry)) == ("registry", [])
    assert version.get("name") == "fraud@1.0.0"
    failure, remarks = version
    assert (failure.get("type"), failure.get("message")) == ("refused", "1 problem: MY101")
    assert failure.text == "model_registry/fraud-1.0.0/metadata.yaml: error MY101 `a` is wrong\n    hint: write a: 1"
    assert remarks.tag == "system-out"
    assert remarks.text == (
        "model_registry/fraud-1.0.0/metadata.yaml:7:3: warning MY207 `a` is wrong\n"
        "    hint: write a: 1\n"
        "model_registry/fraud-1.0.0/metadata.yaml: note MY208 `a` is wrong\n"
        "    hint: write a: 1"
    )
    assert suite.findtext("system-out") == (
        "judged: commit 111111111111 against 222222222222\n"
        "1 problem the base has as well, not counted\n"
        "2 problems of the base healed\n"
        "exempted by the policy: MY304 at model_registry/fraud-1.0.0/metadata.yaml"
    )
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties == {"commit": "1" * 40, "base": "2" * 40}


def test_a_version_without_a_problem_is_a_test_that_passed() -> None:
    versions = (VersionId.parse("fraud@1.0.0"), VersionId.parse("fraud@1.1.0"))
    suite = suite_of(Judgement((), versions))
    assert [(case.get("name"), len(case)) for case in suite.findall("testcase")] == [
        ("registry", 0),
        ("fraud@1.0.0", 0),
        ("fraud@1.1.0", 0),
    ]
    assert suite.find("properties") is None


@pytest.mark.parametrize(
    "path", ["model_registry/stages/production/fraud.yaml", "model_registry", "model_registry/fraud-1.0.0-rc.1/x"]
)
def test_what_is_about_no_version_that_was_judged_is_about_the_registry(path: str) -> None:
    judgement = Judgement((Problem("MY604", Severity.REVIEW, path, None, "m", "h"),), ORDINARY.versions)
    registry, version = suite_of(judgement).findall("testcase")
    assert (len(registry), len(version)) == (1, 0)


def test_one_failure_names_each_code_once() -> None:
    problems = tuple(problem(code, Severity.ERROR, message) for code in ("MY207", "MY105") for message in "ab")
    (failure,) = suite_of(Judgement(problems, ORDINARY.versions)).iter("failure")
    assert failure.get("message") == "4 problems: MY207, MY105"


@pytest.mark.parametrize("probe", PROBES)
def test_case_46_text_of_strangers_is_text_and_visible(probe: str) -> None:
    for element in suite_of(hostile(probe)).iter():
        for text in (*element.attrib.values(), element.text or ""):
            assert all(line.isprintable() for line in text.split("\n"))
