"""What commands print for programs: it parses, has these keys, and is the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelyard import __version__
from support.registry import Scene, modelyard

pytestmark = pytest.mark.usefixtures("standing_in_the_registry")


def parsed(*words: str | Path) -> Any:
    """Return what a command prints with ``--format json``, twice the same."""
    first, second = (modelyard(*words, "--format", "json") for _ in range(2))
    assert first == second
    assert first.err == ""
    assert first.out.endswith("}\n") or first.out.endswith("]\n")
    return json.loads(first.out)


def test_list() -> None:
    first, second = parsed("list")
    assert first == {
        "name": "fraud",
        "version": "1.0.0",
        "stages": ["staging", "production"],
        "yanked": None,
        "created_at": first["created_at"],
        "framework": first["framework"],
        "license": "MIT",
        "size": first["size"],
        "description": first["description"],
    }
    assert (second["version"], second["stages"]) == ("1.1.0", [])


def test_show() -> None:
    shown = parsed("show", "fraud@production")
    assert list(shown) == ["metadata", "metrics", "owners", "deprecation", "stages", "commit"]
    assert shown["metadata"]["name"] == "fraud"
    assert shown["metrics"] == {"accuracy": 0.9}
    assert [stage["stage"] for stage in shown["stages"]] == ["staging", "production"]
    assert list(shown["stages"][0]) == ["stage", "reason", "since", "by", "commit"]


def test_resolve(scene: Scene) -> None:
    resolved = parsed("resolve", "fraud@production")
    assert {key: resolved[key] for key in ("reference", "name", "version", "commit")} == {
        "reference": "fraud@production",
        "name": "fraud",
        "version": "1.0.0",
        "commit": scene.registry.head,
    }
    assert sorted(resolved["files"]) == ["model.joblib", "scaler.joblib"]
    assert set(resolved["files"]["model.joblib"]) == {"sha256", "size", "role", "format"}


def test_validate() -> None:
    assert parsed("validate") == {
        "schema_version": 1,
        "tool": {"name": "modelyard", "version": __version__},
        "refused": False,
        "commit": None,
        "base": None,
        "founded": False,
        "actor": None,
        "owners_judged": False,
        "versions": ["fraud@1.0.0", "fraud@1.1.0"],
        "problems": [],
        "pre_existing": [],
        "healed": [],
        "exempted": [],
        "subject": "work tree",
        "base_reason": None,
    }


def test_validate_with_a_problem(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "model_registry" / "fraud-1.0.0"
    root.mkdir(parents=True)
    (root / "metadata.yaml").write_text("name: fraud\nname: fraud\n")
    (root / "MODEL_CARD.md").write_text("# Fraud\n")
    monkeypatch.chdir(tmp_path)
    judged = parsed("validate", "model_registry/fraud-1.0.0", "--select", "MY202")
    assert judged["refused"] is True
    (problem,) = judged["problems"]
    assert (problem["code"], problem["severity"], problem["line"], problem["column"]) == ("MY202", "error", 2, 1)
    assert (problem["state"], len(problem["fingerprint"])) == ("present", 64)


def test_pull(tmp_path: Path) -> None:
    out = tmp_path / "out"
    pulled = parsed("pull", "fraud@1.0.0", "--out", out)
    assert list(pulled) == ["name", "version", "commit", "paths", "replaced", "fetched"]
    assert pulled["paths"] == [str(out / "model.joblib"), str(out / "scaler.joblib")]


def test_rules() -> None:
    rules = parsed("rules")
    codes = [rule["code"] for rule in rules]
    assert codes == sorted(set(codes))
    assert all(list(rule) == ["code", "severity", "summary", "explanation", "bad", "good"] for rule in rules)
    assert parsed("rules", codes[0]) == [rules[0]]
