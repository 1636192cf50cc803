"""The MLflow example, run as a user would: from a run to a registered version."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from modelyard.api.registry import Registry
from modelyard.documents.metadata_parts import MlflowRun, Source
from support.figures import bound, figures, flat, promised_bound, shown
from support.project import ROOT
from support.registry import modelyard
from support.repositories import Repository

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Logged:
    """The registry after the script, the commit before it, what it left uncommitted, and what it printed."""

    registry: Repository
    source: str
    status: str
    printed: str


def scratch_registry(path: Path) -> Repository:
    """Make a registry that holds the scripts too, and commit both."""
    assert modelyard("init", path).code == 0
    shutil.copytree(EXAMPLES, path / "examples", ignore=shutil.ignore_patterns("demonstration", "__pycache__"))
    repository = Repository(path)
    repository.commit({".gitignore": b"__pycache__/\n"}, "Found the registry")
    return repository


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    """What the script did in a registry of its own: MLflow is slow, so it runs once."""
    path = tmp_path_factory.mktemp("mlflow")
    registry = scratch_registry(path / "models")
    script = registry.path / "examples" / "log_model_mlflow.py"
    ran = subprocess.run(
        [sys.executable, str(script), "--registry", str(registry.path), "--store", str(path / "store")],
        cwd=path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    source, status = registry.head, registry.git("status", "--porcelain")
    registry.commit({}, "Register wine-classifier@1.0.0")
    return Logged(registry, source, status, ran.stdout)


def test_the_run_its_parameters_and_its_source_are_in_the_metadata(logged: Logged) -> None:
    last = logged.printed.splitlines()[-1]
    registered = re.fullmatch(r"registered wine-classifier@1\.0\.0 from run ([0-9a-f]{32})", last)
    assert registered, logged.printed
    metadata = Registry(logged.registry.path)["wine-classifier@1.0.0"].metadata
    assert metadata.mlflow == MlflowRun(registered[1], experiment="wine-classifier")
    assert metadata.params == {"C": 0.1, "max_iter": 1000, "seed": 20240611}
    assert metadata.source == Source(".", logged.source)


def test_the_metrics_of_the_run_are_those_that_were_printed_and_that_the_card_states(logged: Logged) -> None:
    metrics = json.loads(logged.printed.rpartition("registered")[0])
    version = Registry(logged.registry.path)["wine-classifier@1.0.0"]
    assert version.metrics == flat(metrics)
    card = logged.registry.path / "model_registry" / "wine-classifier-1.0.0" / "MODEL_CARD.md"
    assert figures(card) == shown(metrics)
    assert promised_bound(card) == bound(metrics["test"]["accuracy"], version.metadata.evaluation["test"].n or 0)


def test_nothing_but_the_version_was_written_and_it_is_valid(logged: Logged) -> None:
    assert logged.status.splitlines() == ["?? model_registry/models/", "?? model_registry/wine-classifier-1.0.0/"]
    judged = modelyard("validate", logged.registry.path / "model_registry")
    assert judged.out == "passed: no problems, 1 model version judged\n"
