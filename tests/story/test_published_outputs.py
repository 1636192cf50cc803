"""What commands print with ``--format json`` follows the schemas that are published for it, and so do lock files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from modelyard.documents.schemas import load
from support.applications import new_application, promote, serve_storage, write_list
from support.consumers import place_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from support.registry import Scene


def printed(scene: Scene, *words: str | Path, code: int = 0) -> str:
    ran = scene.run(*words, "--format", "json")
    assert ran.code == code, ran.err
    return ran.out


def faults(name: str, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(load(name)).iter_errors(value)]


def test_versions_beside_each_other(scored: Scene) -> None:
    comparison = json.loads(printed(scored, "compare", "fraud@1.0.0", "fraud@1.1.0"))
    assert faults("COMPARISON_SCHEMA", comparison) == []
    assert [each["verdict"] for each in comparison] == ["better"]
    board = json.loads(printed(scored, "leaderboard", "fraud"))
    assert faults("LEADERBOARD_SCHEMA", board) == []
    assert [each["version"] for each in board] == ["fraud@1.1.0", "fraud@1.0.0"]
    assert json.loads(printed(scored, "best", "fraud")) == board[0]


def test_what_happened(merged: Scene) -> None:
    shares = ("--traffic", "1.0.0=90", "--traffic", "1.1.0=10", "--reason", "try it")
    assert merged.run("promote", "fraud@1.0.0", "--to", "staging", *shares, "--commit").code == 0
    events = json.loads(printed(merged, "history"))
    assert [fault for each in events for fault in faults("EVENT_SCHEMA", each)] == []
    assert {each["event"] for each in events} == {"registered", "promoted", "traffic changed", "policy changed"}
    assert [json.loads(line) for line in printed(merged, "log").splitlines()] == events
    figures = json.loads(printed(merged, "stats"))
    assert faults("STATS_SCHEMA", figures) == []
    assert [each["model"] for each in figures["models"]] == ["fraud"]


def test_the_report_of_a_change(merged: Scene) -> None:
    assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--branch").code == 0
    words = ("report", "--base", "main", "--head", "promote/fraud-1.1.0-to-staging")
    for more in ((), ("--no-gate",)):
        told = json.loads(printed(merged, *words, *more))
        assert faults("REVIEW_SCHEMA", told) == []
        assert (told["judgement"] is None) == bool(more)
    judged = json.loads(printed(merged, *words))["judgement"]
    assert faults("REPORT_SCHEMA", judged) == []


def test_where_bytes_are(merged: Scene) -> None:
    pushed = json.loads(printed(merged, "push"))
    assert faults("PUSH_SCHEMA", pushed) == []
    assert [each["versions"] for each in pushed] == [["fraud@1.0.0", "fraud@1.1.0"]]
    addresses = json.loads(printed(merged, "url", "fraud@1.0.0"))
    assert faults("ADDRESSES_SCHEMA", addresses) == []
    assert {each["path"]: each["expires"] for each in addresses} == {"model.joblib": None, "scaler.joblib": None}
    pulled = json.loads(printed(merged, "pull", "fraud@production"))
    assert faults("PULL_SCHEMA", pulled) == []
    assert (pulled["name"], pulled["version"], pulled["replaced"]) == ("fraud", "1.0.0", [])
    (merged.storage / place_of(merged)).unlink()
    verified = json.loads(printed(merged, "verify", "--all", "--remote", "--deep", code=3))
    assert faults("VERIFICATION_SCHEMA", verified) == []
    assert [fault["kind"] for place in verified["places"] for fault in place["faults"]] == ["missing"]


def test_what_nobody_needs(merged: Scene) -> None:
    stray = merged.cache / "files" / "md5" / "09" / "8f6bcd4621d373cade4e832627b4f6"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"test")
    for words, expected in (
        ((), "marked"),
        (("--yes",), "marked"),
        ((), "left"),
        (("--grace", "0", "--yes"), "deleted"),
    ):
        told = json.loads(printed(merged, "gc", *words))
        assert faults("GARBAGE_SCHEMA", told) == []
        assert told[expected] == {"098f6bcd4621d373cade4e832627b4f6": 4}


def test_what_models_answer(merged: Scene) -> None:
    tried = json.loads(printed(merged, "smoke", "fraud@1.0.0"))
    assert faults("SMOKE_SCHEMA", tried) == []
    assert [(each["outcome"], each["differences"]) for each in tried] == [("loaded", [])]
    wrong = merged.version("fraud-1.1.0")
    (wrong / "input.json").write_text("[[0, 0, 0]]")
    (wrong / "expected.json").write_text("[7]")
    with (wrong / "metadata.yaml").open("a") as metadata:
        metadata.write("smoke_test:\n  input: input.json\n  expected: expected.json\n")
    failed = json.loads(printed(merged, "smoke", wrong, code=1))
    assert faults("SMOKE_SCHEMA", failed) == []
    assert [(each["outcome"], len(each["differences"])) for each in failed] == [("failed", 1)]


def test_what_an_application_gets(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_storage(merged)
    application = new_application(merged, {"fraud": '"production"', "older": '{ model = "fraud", version = "1.0.0" }'})
    monkeypatch.setenv("MODELYARD_CACHE", str(merged.path / "cache"))
    monkeypatch.chdir(application)
    locking = json.loads(printed(merged, "lock"))
    assert faults("LOCKING_SCHEMA", locking) == []
    assert locking["moved"] == ["fraud", "older"]
    assert faults("LOCKING_SCHEMA", json.loads(printed(merged, "lock", "--check"))) == []
    assert faults("LOCK_SCHEMA", json.loads((application / "models.lock").read_text())) == []
    synced = json.loads(printed(merged, "sync"))
    assert faults("SYNC_SCHEMA", synced) == []
    assert {name: each["state"] for name, each in synced["models"].items()} == {"fraud": "placed", "older": "placed"}

    promote(merged, "1.1.0")
    outdated = json.loads(printed(merged, "outdated"))
    assert faults("OUTDATED_SCHEMA", outdated) == []
    assert {name: each["outdated"] for name, each in outdated["models"].items()} == {"fraud": True, "older": False}
    write_list(
        application,
        f"file://{merged.origin.path}",
        {"fraud": '"production"', "newer": '{ model = "fraud", version = "^1" }'},
    )
    update = json.loads(printed(merged, "update"))
    assert faults("UPDATE_SCHEMA", update) == []
    assert faults("REVIEW_SCHEMA", update["review"]) == []
    moved = {name: (each["before"] is None, each["after"] is None) for name, each in update["moved"].items()}
    assert moved == {"fraud": (False, False), "newer": (True, False), "older": (False, True)}
    assert faults("SYNC_SCHEMA", json.loads(printed(merged, "sync"))) == []


def test_each_command_that_prints_json_for_programs_has_a_schema() -> None:
    """What prints a document of the registry or of a server as it is, or a list of words, is not among them."""
    from modelyard.documents.schemas import OUTPUTS

    told = {
        command
        for name in OUTPUTS
        for command in re.findall(r"modelyard (\w+) --format json", load(name)["description"])
    }
    assert told >= {
        "compare",
        "gc",
        "lock",
        "outdated",
        "pull",
        "push",
        "smoke",
        "stats",
        "sync",
        "update",
        "url",
        "verify",
    }
