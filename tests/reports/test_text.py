from __future__ import annotations

import pytest

from modelyard.problems import Severity
from modelyard.reports import text
from modelyard.reports.style import COLOURED
from modelyard.rules.judgement import Judgement, Subject
from support.judgements import HOSTILE, ORDINARY, problem
from support.told import NO_OWNERS


def test_an_ordinary_judgement() -> None:
    assert text.render(ORDINARY) == (
        "model_registry/fraud-1.0.0/metadata.yaml: error MY101 `a` is wrong\n"
        "    hint: write a: 1\n"
        "model_registry/fraud-1.0.0/metadata.yaml:7:3: warning MY207 `a` is wrong\n"
        "    hint: write a: 1\n"
        "model_registry/fraud-1.0.0/metadata.yaml: note MY208 `a` is wrong\n"
        "    hint: write a: 1\n"
        "1 problem the base has as well, not counted\n"
        "2 problems of the base healed\n"
        "exempted by the policy: MY304 at model_registry/fraud-1.0.0/metadata.yaml\n"
        f"{NO_OWNERS}"
        "judged: commit 111111111111 against 222222222222\n"
        "refused: 1 problem, 1 warning, 1 model version judged\n"
    )


def test_a_founding_is_said() -> None:
    first, _last = text.render(Judgement((), (), founded=True)).splitlines()
    assert first == "the base has no registry yet: this change founds it, and its own policy judges it"


@pytest.mark.parametrize(
    ("commit", "base", "told"),
    [
        ("1" * 40, "2" * 64, f"{NO_OWNERS}judged: commit 111111111111 against 222222222222"),
        ("1" * 40, None, "judged: commit 111111111111"),
        (None, "2" * 40, "judged: the index against 222222222222"),
    ],
)
def test_the_verdict_is_bound_to_a_commit(commit: str | None, base: str | None, told: str) -> None:
    subject = Subject.COMMIT if commit else Subject.INDEX
    assert text.render(Judgement((), (), subject=subject, commit=commit, base=base)) == f"{told}\npassed: no problems\n"


@pytest.mark.parametrize(("severity", "verdict"), [("error", "refused"), ("review", "refused"), ("warning", "passed")])
def test_the_last_line_says_how_it_ended(severity: str, verdict: str) -> None:
    judgement = Judgement((problem("MY101", Severity(severity)),), ())
    assert text.render(judgement).splitlines()[-1].startswith(f"{verdict}: ")
    assert judgement.refused is (verdict == "refused")


def test_text_of_strangers_starts_no_line_and_hides_nothing() -> None:
    lines = text.render(HOSTILE).split("\n")
    assert lines[0] == (
        r"model_registry/x\x0d\x0a::error file=a::b\x1b[31m ##[stop-commands]t \u202etxt\u200b\xff\x0a%0A: error MY105 "
        r"x\x0d\x0a::error file=a::b\x1b[31m ##[stop-commands]t \u202etxt\u200b\xff\x0a%0A"
    )
    assert len(lines) == 4


def test_colour_adds_nothing_but_colour() -> None:
    coloured = text.render(ORDINARY, style=COLOURED)
    for code in ("0", "1", "2", "31", "32", "33", "36"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == text.render(ORDINARY)
