"""What a program hands to the registry, and what it is told when that is of no use."""

from __future__ import annotations

import sys
import traceback

import pytest

import modelyard
from modelyard.names import VersionId
from support.registry import Scene


@pytest.fixture
def registry(founded: Scene, monkeypatch: pytest.MonkeyPatch) -> modelyard.Registry:
    """The founded registry; we stand in the training repository."""
    monkeypatch.chdir(founded.training.path)
    return modelyard.Registry(founded.registry.path)


def register(registry: modelyard.Registry, **options: object) -> VersionId:
    """Register a model with what every registration needs."""
    needed = {"dataset": "data.csv", "license": "MIT"}
    if "model" not in options:
        needed["artifact"] = "model.joblib"
    return registry.register("fraud", **{**needed, **options})  # type: ignore[arg-type]


def test_a_refusal_by_the_gate_holds_and_shows_each_problem(registry: modelyard.Registry) -> None:
    with pytest.raises(modelyard.GateRefused) as caught:
        register(registry, parents=["other@1.0.0"])
    assert [problem.code for problem in caught.value.judgement.problems] == ["MY503"]
    if sys.version_info >= (3, 11):
        assert "".join(traceback.format_exception_only(caught.value)) == (
            "modelyard.api.registering.GateRefused: fraud@1.0.0 was refused by the gate, and nothing was written\n"
            "model_registry/fraud-1.0.0/metadata.yaml:23:5 MY503 other@1.0.0 is not registered\n"
        )
