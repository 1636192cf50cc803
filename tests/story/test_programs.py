"""What a program hands to the registry, and what it is told when that is of no use."""

from __future__ import annotations

import json
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import modelyard
from modelyard.api import inputs
from modelyard.api.checkout import Checkout
from modelyard.api.registering import bytes_to_write, register_version
from modelyard.api.request import RegisterRequest
from modelyard.documents.dataset_manifest import DatasetManifest
from modelyard.names import VersionId
from support.artifacts import estimator
from support.registry import CARD, Scene, unchanged
from support.repositories import Repository


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


def stated(scene: Scene, directory: str) -> dict[str, Any]:
    """Return the metadata of a version in the work tree."""
    loaded: dict[str, Any] = yaml.safe_load((scene.version(directory) / "metadata.yaml").read_bytes())
    return loaded


def test_a_refusal_by_the_gate_holds_and_shows_each_problem(registry: modelyard.Registry) -> None:
    with pytest.raises(modelyard.GateRefused) as caught:
        register(registry, parents=["other@1.0.0"])
    assert [problem.code for problem in caught.value.judgement.problems] == ["MY503"]
    if sys.version_info >= (3, 11):
        assert "".join(traceback.format_exception_only(caught.value)) == (
            "modelyard.api.refusing.GateRefused: fraud@1.0.0 was refused by the gate, and nothing was written\n"
            "model_registry/fraud-1.0.0/metadata.yaml:23:5 MY503 other@1.0.0 is not registered\n"
        )


def refusal(registry: modelyard.Registry, **options: object) -> tuple[str, str | None]:
    """Return message and hint of the usage error that a registration ends with, which wrote nothing."""
    with unchanged(Repository(registry._checkout().root)), pytest.raises(modelyard.UsageError) as caught:
        register(registry, **options)
    return caught.value.message, caught.value.hint


def test_the_card_of_an_object_lies_where_it_was_trained(
    registry: modelyard.Registry, founded: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(founded.path)
    register(
        registry,
        model=estimator("pipeline"),
        dataset="training/data.csv",
        source_directory=founded.training.path,
    )
    assert (founded.version("fraud-1.0.0") / "MODEL_CARD.md").read_text() == CARD


@pytest.mark.parametrize("options", [{}, {"source_directory": "."}], ids=["here", "named"])
def test_a_missing_card_is_looked_for_where_a_person_can_put_one(
    registry: modelyard.Registry, founded: Scene, options: dict[str, object]
) -> None:
    founded.training.git("rm", "--quiet", "MODEL_CARD.md")
    founded.training.git("commit", "--quiet", "--message", "docs: drop the card")
    template = founded.registry.path / "docs/model_card_template.md"
    card = Path("MODEL_CARD.md") if options else founded.training.path / "MODEL_CARD.md"
    assert refusal(registry, model=estimator("pipeline"), **options) == (
        f"there is no model card at {card}",
        f"cp {template} {card}, and fill it in",
    )


def test_an_object_from_no_repository_is_told_by_its_directory(registry: modelyard.Registry, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert refusal(registry, model=estimator("pipeline"), source_directory=elsewhere) == (
        f"{elsewhere} is in no Git repository with a commit, so its source is unknown",
        "commit the training code, or say where it is: --source-repo URL --source-commit ID",
    )


@pytest.mark.parametrize("field", ["owners", "parents", "tags"])
def test_one_text_is_no_list(registry: modelyard.Registry, field: str) -> None:
    assert refusal(registry, **{field: "one"}) == (f"{field} is one text, not a list of texts", f"{field}=['one']")


def test_a_version_is_a_parent_as_it_was_returned(registry: modelyard.Registry, founded: Scene) -> None:
    first = register(registry)
    register(registry, parents=[first], version="1.0.1")
    assert stated(founded, "fraud-1.0.1")["parents"] == ["fraud@1.0.0"]


def test_a_file_is_as_good_as_a_mapping(registry: modelyard.Registry, founded: Scene, tmp_path: Path) -> None:
    texts = {
        "evaluation": "test: {n: 200, dataset: payments}\n",
        "params": "depth: 3\n",
        "signature": "inputs: [{name: amount, type: float64}]\noutputs: [{name: fraud, type: int64}]\n",
    }
    files = {name: tmp_path / f"{name}.yaml" for name in texts}
    for name, path in files.items():
        path.write_text(texts[name])
    register(registry, metrics="metrics.json", **files)
    found = stated(founded, "fraud-1.0.0")
    assert {name: found[name] for name in texts} == {name: yaml.safe_load(text) for name, text in texts.items()}
    metrics = (founded.version("fraud-1.0.0") / "metrics.json").read_text()
    assert json.loads(metrics) == {"test": {"accuracy": 0.9, "auc": 0.95}}


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"metrics": "nope.json"}, "metrics: there is no file 'nope.json'", "check the path, or give a mapping"),
        ({"params": ["depth"]}, "params is a list, not a mapping or a file", "params={...}, or params='FILE'"),
    ],
    ids=["no file", "a list"],
)
def test_what_is_neither_a_mapping_nor_a_file(
    registry: modelyard.Registry, options: dict[str, object], message: str, hint: str
) -> None:
    assert refusal(registry, **options) == (message, hint)


def test_scalars_of_numpy_are_plain_numbers(registry: modelyard.Registry, founded: Scene) -> None:
    register(
        registry,
        params={"rate": np.float32(0.5), "depth": np.int64(3), "warm": np.bool_(True), "sizes": (np.int8(1), 2)},
        evaluation={"test": {"metrics": {"auc": {"low": np.float64(0.5), "high": np.float32(0.75), "level": 0.95}}}},
        metrics={"auc": np.float32(0.5)},
        n=np.int64(200),
    )
    found = stated(founded, "fraud-1.0.0")
    assert found["params"] == {"rate": 0.5, "depth": 3, "warm": True, "sizes": [1, 2]}
    assert found["evaluation"] == {"test": {"n": 200, "metrics": {"auc": {"low": 0.5, "high": 0.75, "level": 0.95}}}}


@pytest.mark.parametrize("role", ["model", "preprocessor"])
def test_an_object_that_joblib_cannot_write(registry: modelyard.Registry, role: str) -> None:
    objects = {"model": estimator("pipeline"), role: threading.Lock()}
    assert refusal(registry, **objects) == (
        f"the {role} cannot be written by joblib: cannot pickle '_thread.lock' object",
        "write it in its library's own format, and pass "
        + ("artifact=PATH" if role == "model" else "files={'preprocessor': PATH}"),
    )


def test_an_unknown_option_is_told_as_one_of_register(registry: modelyard.Registry) -> None:
    with pytest.raises(TypeError) as caught:
        register(registry, metrcs={}, rows=1)
    assert str(caught.value) == (
        "Registry.register() has no option metrcs, rows; its further options are allow_dirty, branch, bump, "
        "description, evaluation, in_git, license_file, mlflow_run, mlflow_uri, params, parents, progress, push, "
        "signature, source_commit, source_repo, tags, task, version"
    )


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("amount,hour\n1.5,3\n", 1),
        ("1.5,3\n900,4\n", 2),
        ("name,-1e3\nx,4\n", 2),
        ("first,second\nx,y\n", 1),
        ("", 0),
    ],
    ids=["header", "numbers alone", "one number", "texts alone", "empty"],
)
def test_a_first_row_with_a_number_is_no_header(tmp_path: Path, text: str, rows: int) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text)
    manifest = inputs.read_dataset(str(path))
    assert isinstance(manifest, DatasetManifest)
    assert [file.rows for file in manifest.files] == [rows]


def test_an_artifact_too_large_for_git_is_refused_before_it_is_read(
    registry: modelyard.Registry, founded: Scene
) -> None:
    (founded.training.path / "out").mkdir()
    large = founded.training.path / "out" / "model.bin"
    large.write_bytes(bytes(1_000_001))
    assert refusal(registry, artifact=large, in_git=True, card="MODEL_CARD.md", allow_dirty=True) == (
        "model.bin has 1000001 bytes, and the policy allows at most 1000000 in Git",
        "leave out --in-git",
    )


def test_a_licence_of_ones_own_needs_its_text(registry: modelyard.Registry, tmp_path: Path) -> None:
    assert refusal(registry, license="MIT OR LicenseRef-Ours") == (
        "LicenseRef-Ours is no licence of SPDX, so its text is needed",
        "--license-file FILE",
    )
    text = tmp_path / "LICENSE"
    text.write_text("Ours alone.\n")
    card = tmp_path / "MODEL_CARD.md"
    card.write_text(CARD.replace("license: MIT", "license: other\nlicense_name: ours\nlicense_link: LICENSE"))
    registered = register(registry, license="LicenseRef-Ours", license_file=text, card=card)
    assert str(registered) == "fraud@1.0.0"


class Counter:
    """Progress that counts."""

    def __init__(self) -> None:
        self.bytes = 0

    def advance(self, count: int) -> None:
        self.bytes += count

    def done(self) -> None:
        """Nothing more is counted."""


@pytest.mark.parametrize("options", [{}, {"push": False}, {"in_git": True}], ids=["pushed", "not pushed", "in git"])
@pytest.mark.parametrize("url", ["../../models-storage", "../storage"], ids=["outside", "embedded"])
def test_as_many_bytes_are_copied_as_were_expected(founded: Scene, options: dict[str, bool], url: str) -> None:
    config = founded.registry.path / ".dvc/config"
    config.write_text(config.read_text().replace("url = ../../models-storage", f"url = {url}"))
    training, counter = founded.training.path, Counter()
    artifact = training / ("forest" if url == "../../models-storage" else "model.joblib")
    request = RegisterRequest(
        name="fraud",
        artifact=artifact,
        files=[("preprocessor", training / "scaler.joblib")],
        dataset=str(training / "data.csv"),
        license="MIT",
        owners=["you@example.org"],
        progress=counter,
        **options,  # type: ignore[arg-type]
    )
    checkout = Checkout.at(founded.registry.path)
    expected = bytes_to_write(checkout, request)
    size = register_version(checkout, request).size
    times = 0 if "in_git" in options else 1 if "push" in options or url == "../storage" else 2
    assert expected == times * size
    manifests = sum(path.stat().st_size for path in founded.storage.rglob("*.dir"))
    assert counter.bytes - manifests == expected
