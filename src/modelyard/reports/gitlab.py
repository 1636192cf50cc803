"""A judgement as a GitLab Code Quality report.

Format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
GitLab compares the report of a merge request with that of its target by fingerprint. So all that the head has is
reported, what it shares with the base too, and what was healed or exempted is not. The format has no place
for the report itself, so one entry says what was judged; it has always the same fingerprint, and so is
never told as something that a merge request brings.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from modelyard.problems import Severity
from modelyard.reports.bound import caveats, subject
from modelyard.reports.states import State, stated
from modelyard.reports.visible import visible
from modelyard.snapshot import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.reports.states import Stated
    from modelyard.rules.judgement import Judgement

__all__ = ["render"]

_ON_THE_HEAD = (State.PRESENT, State.INTRODUCED, State.PRE_EXISTING)
_SEVERITIES = {
    Severity.ERROR: "critical",
    Severity.REVIEW: "major",
    Severity.WARNING: "minor",
    Severity.NOTE: "info",
}


def render(judgement: Judgement) -> str:
    """Return one entry for each problem of the head, and one for what was judged where that has an id."""
    entries = [_entry(each) for each in stated(judgement) if each.state in _ON_THE_HEAD]
    return json.dumps([*entries, *_bound(judgement)], indent=2) + "\n"


def _bound(judgement: Judgement) -> Iterator[dict[str, Any]]:
    judged = subject(judgement, digits=None)
    if judged:
        yield {
            "description": ". ".join((f"judged: {judged}", *caveats(judgement))),
            "check_name": "modelyard",
            "fingerprint": sha256(b"what was judged").hexdigest(),
            "severity": "info",
            "location": {"path": ROOT, "lines": {"begin": 1}},
        }


def _entry(each: Stated) -> dict[str, Any]:
    problem = each.problem
    # A line is required; the first one stands for the file as a whole.
    line = problem.position.line if problem.position else 1
    return {
        "description": f"{visible(problem.message)}. {visible(problem.hint)}",
        "check_name": problem.code,
        "fingerprint": each.fingerprint,
        "severity": _SEVERITIES[problem.severity],
        "location": {"path": visible(problem.path), "lines": {"begin": line}},
    }
