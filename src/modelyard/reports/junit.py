"""A judgement as JUnit XML: a test case for each version that was judged, and one for the registry.

No schema of the format binds anybody. This is what the JUnit plugin of Jenkins, GitLab and Azure
Pipelines have in common; a test case has at most one failure, since most readers show only the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.reports.text import counted, place, remarks
from modelyard.reports.visible import visible
from modelyard.snapshot import version_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.problems import Problem
    from modelyard.rules.judgement import Judgement

__all__ = ["render"]

_REGISTRY = "registry"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})


def render(judgement: Judgement) -> str:
    """Return the document; it has no times, so the same judgement gives the same bytes."""
    cases = _cases(judgement)
    failed = sum(any(problem.severity.refuses for problem in problems) for problems in cases.values())
    counts = f'name="modelyard" tests="{len(cases)}" failures="{failed}" errors="0"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {counts}>", f'  <testsuite {counts} skipped="0">']
    lines += _properties(judgement)
    for name, problems in cases.items():
        lines += _case(name, problems)
    told = "\n".join(map(_escaped, remarks(judgement)))
    lines += [f"    <system-out>{told}</system-out>"] if told else []
    return "\n".join([*lines, "  </testsuite>", "</testsuites>", ""])


def _cases(judgement: Judgement) -> dict[str, list[Problem]]:
    """Return the problems by what they are about: a version that was judged, or else the registry."""
    cases: dict[str, list[Problem]] = {_REGISTRY: [], **{str(each): [] for each in judgement.versions}}
    names = {version_path(each): str(each) for each in judgement.versions}
    for problem in judgement.problems:
        directory = "/".join(problem.path.split("/")[:2])
        cases[names.get(directory, _REGISTRY)].append(problem)
    return cases


def _properties(judgement: Judgement) -> Iterator[str]:
    known = [(name, value) for name, value in (("commit", judgement.commit), ("base", judgement.base)) if value]
    if known:
        yield "    <properties>"
        yield from (f'      <property name="{name}" value="{_escaped(value)}"/>' for name, value in known)
        yield "    </properties>"


def _case(name: str, problems: list[Problem]) -> Iterator[str]:
    opening = f'    <testcase classname="modelyard" name="{_escaped(name)}"'
    if not problems:
        yield f"{opening}/>"
        return
    yield f"{opening}>"
    refusing = [problem for problem in problems if problem.severity.refuses]
    remarks = [problem for problem in problems if not problem.severity.refuses]
    if refusing:
        summary = f"{counted(len(refusing), 'problem')}: {', '.join(dict.fromkeys(each.code for each in refusing))}"
        yield f'      <failure type="refused" message="{_escaped(summary)}">{_told(refusing)}</failure>'
    if remarks:
        yield f"      <system-out>{_told(remarks)}</system-out>"
    yield "    </testcase>"


def _told(problems: list[Problem]) -> str:
    return "\n".join(
        f"{_escaped(place(each))}: {each.severity.value} {each.code} {_escaped(each.message)}\n"
        f"    hint: {_escaped(each.hint)}"
        for each in problems
    )


def _escaped(text: str) -> str:
    # What is visible holds none of the characters that XML 1.0 can't hold, escaped or not.
    return visible(text).translate(_ESCAPES)
