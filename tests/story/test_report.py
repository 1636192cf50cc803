from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard import Registry
from support.registry import Ran
from support.rendered import elements_of

if TYPE_CHECKING:
    from support.registry import Scene

BRANCH = "promote/fraud-1.1.0-to-staging"


def proposed(scene: Scene) -> None:
    """Promote 1.1.0 to staging on a branch, and check it out."""
    ran = scene.run("promote", "fraud@1.1.0", "--to", "staging", "--reason", "better on new customers", "--branch")
    assert ran.code == 0, ran.err
    scene.registry.git("switch", "--quiet", BRANCH)


def test_a_promotion_as_its_reviewer_sees_it(merged: Scene) -> None:
    proposed(merged)
    ran = merged.run("report", "--no-artifacts")
    assert (ran.code, ran.err) == (0, "")
    told = ran.out.splitlines()
    assert told[:4] == [
        "this change promotes fraud@1.1.0 to staging, replacing 1.0.0",
        "",
        "fraud@1.1.0 to staging, against 1.0.0",
        "  Tells fraudulent card payments from honest ones, for the review desk.",
    ]
    assert "  reason: better on new customers" in told
    (metric,) = [line for line in told if line.startswith("    accuracy")]
    assert metric == "    accuracy  +0.03 [+0.00553, +0.0547]  better"
    assert told[-2:] == [
        "to undo it once it is merged",
        "  modelyard rollback fraud --stage staging --to 1.0.0 --reason WHY --branch",
    ]
    judged = f"judged: commit {merged.registry.head[:12]} against {merged.registry.git('rev-parse', 'main')[:12]}"
    assert f"{judged}, the merge base with origin/main" in told


def test_the_way_back_that_a_report_names_leads_back(merged: Scene) -> None:
    proposed(merged)
    command = merged.run("report").out.splitlines()[-1].split()
    merged.registry.git("switch", "--quiet", "main")
    merged.merge(BRANCH)
    assert merged.run("resolve", "fraud@staging").out == "fraud@1.1.0\n"
    assert merged.run(*command[1:]).code == 0
    merged.merge("rollback/fraud-1.0.0-in-staging")
    assert merged.run("resolve", "fraud@staging").out == "fraud@1.0.0\n"


def test_a_registration_is_held_against_the_champion(merged: Scene) -> None:
    ran = merged.register("--version", "1.2.0", "--metrics", "accuracy=0.95", "--n", "1000", "--branch")
    assert ran.code == 0, ran.err
    ran = merged.run("report", "--head", "register/fraud-1.2.0", "--base", "main", "--format", "json")
    value = json.loads(ran.out)
    assert value["deeds"] == ["registers `fraud@1.2.0`"]
    (candidate,) = value["candidates"]
    assert (candidate["stage"], candidate["against"], candidate["serves_in"]) == (None, "fraud@1.0.0", "production")
    assert value["undo"] == ["modelyard yank fraud@1.2.0 --reason WHY --branch"]
    assert value["judgement"]["refused"] is False


def test_a_report_is_markdown_and_python_as_well(merged: Scene) -> None:
    proposed(merged)
    ran = merged.run("report", "--format", "markdown")
    assert ran.out.startswith("## This change promotes <code>fraud&#64;1.1.0</code> to <code>staging</code>")
    assert "table" in {element.tag for element in elements_of(ran.out)}
    review = Registry(merged.registry.path).review(base="main")
    assert review.deeds == ("promotes `fraud@1.1.0` to `staging`, replacing `1.0.0`",)
    assert review.judgement
    assert not review.judgement.refused


def test_a_report_says_what_is_refused_and_ends_well(merged: Scene) -> None:
    document = merged.registry.path / "model_registry/stages/production/fraud.yaml"
    document.write_text("schema_version: 1\nversion: 1.1.0\n")
    merged.commit("Skip staging")
    ran = merged.run("report", "--base", "HEAD~1")
    assert ran.code == 0
    assert "MY609 fraud@1.1.0 was never in staging, and production takes versions from there" in ran.out
    assert "\nrefused: 1 problem\n" in ran.out


def test_the_gate_is_left_out_where_it_is_told_beside(merged: Scene) -> None:
    proposed(merged)
    for name in ("text", "markdown"):
        told, whole = (merged.run("report", "--format", name, *more).out for more in (("--no-gate",), ()))
        assert ("gate" in told.lower(), "gate" in whole.lower()) == (False, True)
        assert told.splitlines()[0] == whole.splitlines()[0]
    assert json.loads(merged.run("report", "--no-gate", "--format", "json").out)["judgement"] is None


def test_there_is_nothing_to_report_on(merged: Scene) -> None:
    assert merged.run("report", "--base", "nonsense") == Ran(
        2, "", "modelyard: revision 'nonsense' names no commit here\n    hint: git fetch --all\n"
    )
