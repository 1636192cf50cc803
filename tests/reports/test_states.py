from __future__ import annotations

from modelyard.problems import Severity
from modelyard.reports.states import State, compared, gravest_first, stated
from modelyard.rules.judgement import Judgement
from support.judgements import ORDINARY, problem


def test_each_problem_has_its_state() -> None:
    assert [(each.state.value, each.problem.code) for each in stated(ORDINARY)] == [
        ("introduced", "MY101"),
        ("introduced", "MY207"),
        ("introduced", "MY208"),
        ("pre-existing", "MY301"),
        ("exempted", "MY304"),
        ("healed", "MY302"),
        ("healed", "MY303"),
    ]


def test_without_a_base_a_problem_is_there_and_nobody_knows_since_when() -> None:
    alone = Judgement(ORDINARY.problems, (), commit="1" * 40)
    assert not compared(alone)
    assert {each.state for each in stated(alone)} == {State.PRESENT}


def test_a_founding_is_a_change() -> None:
    assert compared(Judgement((), (), founded=True))


def test_a_fingerprint_survives_a_line_that_moves() -> None:
    before = Judgement((problem("MY207", Severity.ERROR, line=7),), ())
    after = Judgement((problem("MY207", Severity.WARNING, line=70),), ())
    assert stated(before)[0].fingerprint == stated(after)[0].fingerprint


def test_the_same_sentence_twice_has_two_fingerprints_that_never_change() -> None:
    twice = tuple(problem("MY207", Severity.ERROR, line=line) for line in (7, 9))
    prints = [each.fingerprint for each in stated(Judgement(twice, (), healed=twice[:1]))]
    assert len(set(prints)) == 3
    # GitLab and GitHub keep fingerprints between versions of modelyard.
    assert prints[:2] == [
        "f43d0354071a28afda35b9bae4fbeb73b06090abf9c4809f88328b73ea45a1bc",
        "4fec0a2b4f65e235236f389bd24848d52e511a4a117b2eaceffe707030f72ce9",
    ]


def test_the_gravest_come_first_and_else_the_order_stays() -> None:
    order = (Severity.NOTE, Severity.WARNING, Severity.ERROR, Severity.REVIEW, Severity.ERROR)
    problems = [problem(f"MY10{number}", severity) for number, severity in enumerate(order)]
    assert [each.code for each in gravest_first(problems)] == ["MY102", "MY104", "MY103", "MY101", "MY100"]
