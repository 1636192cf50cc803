"""Events: what happened to a registry, told by the commits of its main branch."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from modelyard.git.objects import ObjectReader
from modelyard.git.people import Person
from modelyard.history import Event, Kind, events
from modelyard.names import ModelName, Version
from support.past import FOUNDED, Past, model, new_past, registered, stage

if TYPE_CHECKING:
    from pathlib import Path

PRODUCTION = "model_registry/stages/production/fraud.yaml"
ADA, CARL = Person("Ada Author", "ada@example.org"), Person("Carl Committer", "carl@example.org")


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return new_past(tmp_path / "registry")


def read(past: Past, *, name: str | None = None, stage: str | None = None) -> list[Event]:
    with ObjectReader(past.repository.location) as reader:
        return list(events(reader, reader.commit_id("main"), name=name, stage=stage))


def told(past: Past) -> list[str]:
    """Return what happened since the registry was founded, oldest first, one line each."""
    return [_line(event) for event in reversed(read(past)[:-1])]


def _line(event: Event) -> str:
    shares = ", ".join(f"{version} {share}%" for version, share in event.traffic.items())
    words = (event.name, event.stage, event.kind.value, f"{event.before} -> {event.after}", shares, event.reason)
    return " | ".join(str(word) for word in words if word)


def test_a_merge_tells_who_wrote_reviewed_and_merged(past: Past) -> None:
    past.commit(registered("fraud-1.0.0"))
    message = "Merge pull request #7 from org/promote\n\nPromote fraud\n\nReviewed-by: Rita <rita@example.org>"
    merge = past.merge(
        stage("1.0.0", "reason: fewer false alarms"),
        message,
        at="2026-03-02T08:30:00+02:00",
        GIT_AUTHOR_NAME="Mia Merger",
        GIT_AUTHOR_EMAIL="mia@example.org",
        GIT_COMMITTER_NAME="GitHub",
        GIT_COMMITTER_EMAIL="noreply@github.com",
    )
    assert read(past)[0] == Event(
        time=datetime(2026, 3, 2, 6, 30, tzinfo=timezone.utc),
        kind=Kind.PROMOTED,
        stage="production",
        name=ModelName("fraud"),
        before=None,
        after=Version(1, 0, 0),
        reason="fewer false alarms",
        commit=merge,
        author=ADA,
        committer=Person("Mia Merger", "mia@example.org"),
        reviewers=(Person("Rita", "rita@example.org"),),
        pull_request=7,
    )


def test_a_commit_on_main_itself_tells_its_author_and_committer(past: Past) -> None:
    commit = past.commit(registered("fraud-1.0.0"), "Register (#3)\n\nThe first one.")
    event = read(past)[0]
    assert (event.commit, event.author, event.committer) == (commit, ADA, CARL)
    assert (event.kind, event.after, event.reason, event.pull_request) == (Kind.REGISTERED, Version(1, 0, 0), None, 3)


def test_a_stage_moves_up_and_back(past: Past) -> None:
    for lines in (
        stage("1.0.0", "reason: first"),
        stage("1.1.0"),
        stage("1.0.0", "reason: worse", 'held: {"1.1.0": worse}'),
        stage("1.1.0", "reason: mended"),
        stage("1.1.0", "reason: mended", 'traffic: {"1.1.0": 90, "1.2.0": 10}'),
        stage("1.1.0", "reason: slow", 'held: {"1.2.0": slow}'),
        stage("1.1.0", "reason: put better", 'held: {"1.2.0": slow}'),
        stage("1.1.0", "reason: put better", 'held: {"1.2.0": slow, "2.0.0": untried}'),
        stage("0.9.0", "reason: put better", 'held: {"1.2.0": slow, "2.0.0": untried}'),
        stage("1.0.0"),
        stage("0.9.0"),
    ):
        past.commit(lines)
    past.commit({PRODUCTION: None}, "Demote\n\nNobody asks for it.")

    assert told(past) == [
        "fraud | production | promoted | None -> 1.0.0 | first",
        "fraud | production | promoted | 1.0.0 -> 1.1.0",
        "fraud | production | rolled back | 1.1.0 -> 1.0.0 | worse",
        "fraud | production | promoted | 1.0.0 -> 1.1.0 | mended",
        "fraud | production | released | None -> 1.1.0 | mended",
        "fraud | production | traffic changed | 1.1.0 -> 1.1.0 | 1.1.0 90%, 1.2.0 10% | mended",
        "fraud | production | rolled back | 1.2.0 -> 1.1.0 | slow",
        "fraud | production | restated | 1.1.0 -> 1.1.0 | put better",
        "fraud | production | held | 2.0.0 -> None | untried",
        "fraud | production | demoted | 1.1.0 -> 0.9.0 | put better",
        "fraud | production | promoted | 0.9.0 -> 1.0.0",
        "fraud | production | released | None -> 1.2.0",
        "fraud | production | released | None -> 2.0.0",
        "fraud | production | rolled back | 1.0.0 -> 0.9.0",
        "fraud | production | demoted | 0.9.0 -> None | Nobody asks for it.",
    ]


def test_comments_are_no_events(past: Past) -> None:
    past.commit({**stage("1.0.0"), **model()})
    past.commit({**stage("1.0.0", "# looks good"), **model("# ask first", "description: Tells fraud.")})
    assert told(past) == ["fraud | production | promoted | None -> 1.0.0"]


def test_what_becomes_of_a_model(past: Past) -> None:
    tombstone = f'retired: {{"1.0.0": {{reason: old, tree: "{"1" * 40}"}}}}'
    past.commit({**registered("fraud-1.0.0", "fraud-1.1.0"), **model()})
    past.commit(model('yanked: {"1.0.0": leaks, "1.1.0": leaks too}'))
    past.commit(model('yanked: {"1.0.0": leaks}'), "Un-yank\n\nIt does not leak.")
    past.commit(model('yanked: {"1.0.0": leaks}', owners='["@org/fraud", "@org/risk"]'))
    past.commit(model('yanked: {"1.0.0": leaks}', "deprecation: {reason: late, replacement: payments}"))
    past.commit({**model(tombstone), "model_registry/fraud-1.0.0": None})

    assert told(past) == [
        "fraud | registered | None -> 1.0.0",
        "fraud | registered | None -> 1.1.0",
        "fraud | yanked | 1.0.0 -> None | leaks",
        "fraud | yanked | 1.1.0 -> None | leaks too",
        "fraud | un-yanked | None -> 1.1.0 | It does not leak.",
        "fraud | transferred | @org/risk -> @org/fraud, @org/risk",
        "fraud | transferred | @org/fraud, @org/risk -> @org/risk",
        "fraud | deprecated | None -> payments | late",
        "fraud | un-deprecated | payments -> None",
        "fraud | retired | 1.0.0 -> None | old",
    ]


def test_what_the_gate_would_have_refused_is_told_too(past: Past) -> None:
    past.commit(registered("fraud-1.0.0", "fraud-1.1.0"))
    past.commit({"model_registry/fraud-1.0.0/metadata.yaml": "# another\n"})
    past.commit({"model_registry/fraud-1.1.0": None}, "Remove\n\nBy mistake.")
    assert told(past)[2:] == [
        "fraud | edited | 1.0.0 -> 1.0.0",
        "fraud | removed | 1.1.0 -> None | By mistake.",
    ]


def test_a_document_that_cannot_be_read_breaks_and_is_restated(past: Past) -> None:
    models = "model_registry/models/fraud.yaml"
    nobody = f"{models}:1:1: `owners` is missing: who answers for the model: people or teams"
    past.commit({**stage("1.0.0"), **model('yanked: {"1.1.0": leaks}')})
    past.commit({PRODUCTION: "version: [\n", models: "name: fraud\n"})
    past.commit({**stage("1.0.0", "reason: mended"), **model('yanked: {"1.1.0": leaks}')})
    past.commit({PRODUCTION: "# " + "x" * (1 << 20)})
    past.commit({PRODUCTION: None})
    assert told(past)[2:] == [
        f"fraud | broken | None -> None | {nobody}",
        f"fraud | production | broken | 1.0.0 -> None | {PRODUCTION}:2:1: a value is missing here",
        "fraud | restated | None -> None",
        "fraud | production | restated | None -> 1.0.0 | mended",
        f"fraud | production | broken | 1.0.0 -> None | {PRODUCTION}: the file is too large to be read",
        "fraud | production | demoted | None -> None",
    ]


def test_two_documents_that_are_broken_alike_name_their_own_places(past: Past) -> None:
    past.commit({PRODUCTION: "version: [", PRODUCTION.replace("production", "staging"): "version: ["})
    assert [event.reason for event in read(past)[:2]] == [
        f"model_registry/stages/{stage}/fraud.yaml:1:11: a value is missing here" for stage in ("staging", "production")
    ]


def test_the_policy_changes(past: Past) -> None:
    past.commit({"model_registry/registry.yaml": FOUNDED + "formats: [onnx]\n"}, "Allow ONNX alone\n\nSafer.")
    changed, founded = read(past)
    assert (founded.kind, founded.before, founded.name) == (Kind.POLICY_CHANGED, None, None)
    assert (changed.kind, changed.before, changed.reason) == (Kind.POLICY_CHANGED, founded.after, "Safer.")
    assert changed.after == past.repository.git("rev-parse", "HEAD:model_registry/registry.yaml")
    assert changed.version is None


def test_what_is_on_no_path_of_a_registry_is_no_event(past: Past) -> None:
    past.commit(
        {
            "model_registry/archive/fraud.jsonl": "",
            "model_registry/not-1.0/metadata.yaml": "",
            "model_registry/stages/README.yaml": "",
            "model_registry/stages/production/Fraud.yaml": "",
            "model_registry/models/README.md": "",
            "elsewhere/model_registry/fraud-1.0.0/metadata.yaml": "",
        }
    )
    assert told(past) == []


def test_a_model_and_a_stage_can_be_asked_for(past: Past) -> None:
    past.commit({**registered("fraud-1.0.0", "churn-1.0.0"), **stage("1.0.0"), **stage("1.0.0", name="churn")})
    past.commit(stage("1.0.0", stage="staging"))
    assert [event.kind.value for event in read(past, name="fraud")] == ["promoted", "promoted", "registered"]
    assert [event.name for event in read(past, stage="production")] == ["fraud", "churn"]
    assert [event.stage for event in read(past, name="fraud", stage="staging")] == ["staging"]
    assert read(past, name="unknown") == []


def test_branches_count_from_their_merge(past: Past) -> None:
    with past.branch():
        past.commit(stage("1.0.0"))
        past.commit(stage("1.1.0", "reason: better"))
    past.commit({"README": ""})
    assert told(past) == []
    past.repository.git("merge", "--quiet", "--no-ff", "--message=Merge", "side")
    assert told(past) == ["fraud | production | promoted | None -> 1.1.0 | better"]


def test_the_rest_of_a_history_is_read_from_where_it_was_left(past: Past) -> None:
    past.commit(stage("1.0.0"))
    past.commit(stage("1.1.0"))
    middle = past.repository.head
    past.commit(stage("1.0.0"))
    with ObjectReader(past.repository.location) as reader:
        earlier = events(reader, middle)
        later = events(reader, past.repository.head, since=middle, earlier=earlier)
    assert [event.kind for event in later] == [Kind.ROLLED_BACK]
    assert [*later, *earlier] == read(past)
