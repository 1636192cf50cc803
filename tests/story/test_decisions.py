from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from modelyard.documents.canonical import digest
from support.registry import Ran

if TYPE_CHECKING:
    from support.registry import Scene

STAGING = "model_registry/stages/staging/fraud.yaml"


def promoted(scene: Scene) -> None:
    """Merge 1.1.0 into staging, and something else on top."""
    ran = scene.run("promote", "fraud@1.1.0", "--to", "staging", "--branch")
    assert ran.code == 0, ran.err
    scene.merge("promote/fraud-1.1.0-to-staging")
    document = scene.registry.path / STAGING
    document.write_text(document.read_text() + "held:\n  0.9.0: leaked labels\n")
    scene.commit("Hold another version back")


def shown(scene: Scene, *words: str) -> Any:
    ran = scene.run("decision", "show", "fraud@staging", "--format", "json", *words)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def amended(scene: Scene, old: str, new: str) -> None:
    """Change the stage's document in a promotion that nobody has merged yet, and merge it."""
    git = scene.registry.git
    ran = scene.run("promote", "fraud@1.1.0", "--to", "staging", "--branch")
    assert ran.code == 0, ran.err
    git("switch", "--quiet", "promote/fraud-1.1.0-to-staging")
    document = scene.registry.path / STAGING
    text = document.read_text()
    assert old in text
    document.write_text(text.replace(old, new))
    git("commit", "--quiet", "--all", "--amend", "--no-edit", "--no-verify")
    git("switch", "--quiet", "main")
    scene.merge("promote/fraud-1.1.0-to-staging")


def test_a_decision_is_computed_again_from_its_commits(merged: Scene) -> None:
    promoted(merged)
    git = merged.registry.git

    value = shown(merged)

    assert value["version"] == "fraud@1.1.0"
    assert (value["stage"], value["commit"], value["base"]) == (
        "staging",
        git("rev-parse", "HEAD~1"),
        git("rev-parse", "HEAD~2"),
    )
    assert value["stated"] == {"digest": value["digest"], "tool": "modelyard 0.1.0"}
    assert value["agrees"] is True
    assert value["digest"] == digest(value["evidence"])
    assert value["evidence"]["champion"]["before"]["id"] == "fraud@1.0.0"
    assert merged.run("decision", "verify", "fraud@staging") == Ran(
        0,
        f"agrees: fraud@1.1.0 in staging, decided by {value['commit'][:12]}, {value['digest']}\n",
        "",
    )


def test_a_decision_of_a_squashed_pull_request_agrees_as_well(merged: Scene) -> None:
    git = merged.registry.git
    merged.run("promote", "fraud@1.1.0", "--to", "staging", "--branch")
    git("merge", "--quiet", "--squash", "promote/fraud-1.1.0-to-staging")
    git("commit", "--quiet", "--no-verify", "--message", "Promote (#7)")
    assert merged.run("decision", "verify", "fraud@staging").code == 0
    assert merged.run("decision", "verify", "fraud@staging", "--head", "HEAD~1").code == 0


def test_a_decision_on_the_terminal(merged: Scene) -> None:
    promoted(merged)
    value = shown(merged)
    ran = merged.run("decision", "show", "fraud@staging")
    head, evidence = ran.out.split("{", 1)
    assert head == (
        "fraud@1.1.0 in staging\n"
        f"decided by Ada Author, {value['time'][:16].replace('T', ' ')} UTC, commit {value['commit'][:12]}\n"
        f"base       {value['base'][:12]}\n"
        f"evidence   {value['digest']}\n"
        f"stated     {value['digest']}, by modelyard 0.1.0\n"
        "verdict    they agree\n"
    )
    assert json.loads("{" + evidence) == value["evidence"]


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        (
            "version: 1.1.0\n",
            "version: 1.1.0\ntraffic: {1.0.0: 50, 1.1.0: 50}\n",
            1,
            "the evidence of fraud@1.1.0 in staging is stated as {stated}, and commit {commit} gives {digest}",
        ),
        (
            "tool: modelyard 0.1.0",
            "tool: modelyard 0.0.9\ntraffic: {1.0.0: 50, 1.1.0: 50}",
            3,
            (
                "the evidence of fraud@1.1.0 in staging was computed by 'modelyard 0.0.9', "
                "and modelyard 0.1.0 comes to another digest"
            ),
        ),
    ],
)
def test_what_does_not_agree_is_told(merged: Scene, old: str, new: str, code: int, message: str) -> None:
    amended(merged, old, new)
    value = shown(merged)
    assert value["agrees"] is False
    ran = merged.run("decision", "verify", "fraud@staging")
    expected = message.format(stated=value["stated"]["digest"], commit=value["commit"][:12], digest=value["digest"])
    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (code, "", f"modelyard: {expected}")


def test_a_decision_without_evidence_cannot_be_verified(merged: Scene) -> None:
    document = merged.registry.path / STAGING
    document.write_text("schema_version: 1\nversion: 1.1.0\n")
    commit = merged.commit("Promote by hand")
    assert shown(merged)["stated"] is None
    assert merged.run("decision", "verify", "fraud@staging") == Ran(
        1,
        "",
        f"modelyard: commit {commit[:12]} put fraud@1.1.0 into staging without evidence\n"
        "    hint: modelyard decision show fraud@staging\n",
    )


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("fraud@1.0.0", "fraud@1.0.0 names no stage", "modelyard decision show fraud@production"),
        ("fraud@latest", "fraud@latest names no stage", "modelyard decision show fraud@production"),
        ("spam@staging", "no version of 'spam' is in staging", "modelyard list spam"),
    ],
)
def test_what_names_no_decision(merged: Scene, reference: str, message: str, hint: str) -> None:
    ran = merged.run("decision", "show", reference)
    assert ran == Ran(2, "", f"modelyard: {message}\n    hint: {hint}\n")
