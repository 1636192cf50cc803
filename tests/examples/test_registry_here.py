"""This repository's own registry: its models are what their cards say, and a clone needs no network to get them."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.resources import files as resource_files
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelyard.api.registry import Registry
from modelyard.git.location import locate
from modelyard.git.objects import ObjectReader
from support.figures import bound, figures, flat, promised_bound, shown
from support.project import ROOT
from support.repositories import run_git

# A later scikit-learn may load these models too, and says so.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")

EXAMPLES = ROOT / "examples"
VERSIONS = sorted(path.parent.name for path in (ROOT / "model_registry").glob("*/metadata.yaml"))
MODELS = ("digit-reader", "tumour-classifier", "wine-classifier")


@dataclass(frozen=True)
class Clone:
    """A fresh clone of the last commit."""

    path: Path

    def metadata(self, directory: str) -> dict[str, Any]:
        content = yaml.safe_load((self.path / "model_registry" / directory / "metadata.yaml").read_text("utf-8"))
        assert isinstance(content, dict)
        return content

    @cached_property
    def registry(self) -> Registry:
        return Registry(self.path)


def run(*command: str | Path, directory: Path = ROOT) -> str:
    result = subprocess.run([*command], cwd=directory, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A fresh clone, in which ``dvc pull`` itself has put every artifact into its place."""
    path = tmp_path_factory.mktemp("fresh") / "clone"
    run_git(ROOT, "clone", "--quiet", str(ROOT), str(path))
    run(sys.executable, "-m", "dvc", "pull", "--quiet", directory=path)
    return Clone(path)


def test_there_are_two_models_with_four_versions_between_them() -> None:
    assert {version.rpartition("-")[0] for version in VERSIONS} >= {"digit-reader", "tumour-classifier"}
    assert len(VERSIONS) >= 4


def test_one_version_has_been_through_staging_to_production(clone: Clone) -> None:
    assert str(clone.registry.resolve("tumour-classifier@staging")) == "tumour-classifier@1.1.1"
    assert str(clone.registry.resolve("tumour-classifier@production")) == "tumour-classifier@1.1.1"
    assert str(clone.registry.resolve("digit-reader@staging")) == "digit-reader@1.1.0"


@pytest.mark.parametrize("version", VERSIONS)
def test_dvc_pull_in_a_fresh_clone_brings_the_bytes_that_were_reviewed(version: str, clone: Clone) -> None:
    files = clone.metadata(version)["files"]
    assert files
    for name, record in files.items():
        data = (clone.path / "model_registry" / version / name).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (record["sha256"], record["size"])


def test_the_registry_is_valid_with_its_artifacts_at_hand(clone: Clone) -> None:
    assert (
        run("modelyard", "validate", directory=clone.path)
        == f"passed: no problems, {len(VERSIONS)} model versions judged\n"
    )


def test_a_byte_that_differs_is_found(clone: Clone, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(clone.path, copy, symlinks=True)
    artifact = copy / "model_registry" / "digit-reader-1.0.0" / "model.onnx"
    data = artifact.read_bytes()
    artifact.unlink()
    artifact.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    judged = subprocess.run(["modelyard", "validate"], cwd=copy, capture_output=True, text=True, check=False)
    assert (judged.returncode, "MY404" in judged.stdout) == (1, True), judged.stdout


def test_each_source_commit_is_in_the_history_and_holds_the_script(clone: Clone) -> None:
    if locate(ROOT).is_shallow:
        pytest.skip("this clone's history is cut off")
    with ObjectReader(locate(clone.path)) as reader:
        for version in VERSIONS:
            metadata = clone.metadata(version)
            assert metadata["source"]["repo"] == "."
            commit = reader.commit_id(metadata["source"]["commit"])
            run_git(clone.path, "merge-base", "--is-ancestor", commit, "HEAD")
            script = f"examples/{metadata['name'].replace('-', '_')}.py"
            assert "registry" in run_git(clone.path, "show", f"{commit}:{script}")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_figures_of_a_card_are_those_of_the_metrics(version: str) -> None:
    directory = ROOT / "model_registry" / version
    metrics = json.loads((directory / "metrics.json").read_text("utf-8"))
    rows = yaml.safe_load((directory / "metadata.yaml").read_text("utf-8"))["evaluation"]["test"]["n"]
    assert figures(directory / "MODEL_CARD.md") == shown(metrics)
    assert promised_bound(directory / "MODEL_CARD.md") == bound(metrics["test"]["accuracy"], rows)


@pytest.mark.parametrize("name", ["digit-reader", "tumour-classifier"])
def test_the_card_beside_a_script_is_the_one_of_its_newest_version(name: str) -> None:
    newest = [version for version in VERSIONS if version.startswith(name)][-1]
    for document in ("MODEL_CARD.md", "dataset-manifest.yaml"):
        assert said(EXAMPLES / name / document) == said(ROOT / "model_registry" / newest / document)


@pytest.mark.parametrize("name", MODELS)
def test_a_data_set_is_the_one_that_scikit_learn_ships(name: str) -> None:
    manifest = yaml.safe_load((EXAMPLES / name / "dataset-manifest.yaml").read_text("utf-8"))
    (file,) = manifest["files"]
    data = (resource_files("sklearn.datasets.data") / file["path"]).read_bytes()
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["size"])
    assert manifest["license"] == "CC-BY-4.0"
    assert sum(split["rows"] for split in manifest["splits"].values()) == file["rows"]


@pytest.mark.parametrize("version", ["tumour-classifier@1.0.0", "tumour-classifier@1.1.1"])
def test_a_loaded_tumour_classifier_scores_what_its_metrics_say(
    version: str, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    script: Any = import_module("tumour_classifier")
    found = clone.registry[version]
    scaler, model = found.load(role="preprocessor"), found.load()
    measured = {split: script.measure(scaler, model, rows) for split, rows in script.load_rows().items()}
    assert flat(measured) == found.metrics
    assert found.metadata.evaluation["test"].n == len(script.load_rows()["test"])


@pytest.mark.parametrize("version", ["digit-reader@1.0.0", "digit-reader@1.1.0"])
def test_a_loaded_digit_reader_scores_what_its_metrics_say(
    version: str, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    script: Any = import_module("digit_reader")
    found = clone.registry[version]
    session = found.load()
    measured = {split: script.measure(session, rows) for split, rows in script.load_rows().items()}
    assert flat(measured) == found.metrics
    assert found.metadata.evaluation["test"].n == len(script.load_rows()["test"])


def test_each_version_loads_without_a_network(clone: Clone) -> None:
    references = [version[::-1].replace("-", "@", 1)[::-1] for version in VERSIONS]
    printed = run("modelyard", "smoke", *references, directory=clone.path)
    assert [line.split(":")[0].split()[1] for line in printed.splitlines()] == references


def test_a_model_that_is_trained_again_scores_the_same() -> None:
    printed = run(sys.executable, EXAMPLES / "tumour_classifier.py")
    recorded = ROOT / "model_registry" / "tumour-classifier-1.1.1" / "metrics.json"
    assert json.loads(printed) == json.loads(recorded.read_text("utf-8"))


def test_the_model_in_production_comes_out_of_a_bare_clone(
    tmp_path: Path, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELYARD_CACHE", str(tmp_path / "cache"))
    bare = tmp_path / "registry.git"
    run_git(ROOT, "clone", "--quiet", "--bare", str(ROOT), str(bare))
    out = tmp_path / "out"
    run("modelyard", "pull", "tumour-classifier@production", "--repo", bare, "--out", out, directory=tmp_path)
    files = clone.metadata("tumour-classifier-1.1.1")["files"]
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()} == {
        name: record["sha256"] for name, record in files.items()
    }


def test_founding_this_registry_again_changes_nothing(clone: Clone) -> None:
    run("modelyard", "init", ".", directory=clone.path)
    assert run_git(clone.path, "status", "--porcelain") == ""


def said(path: Path) -> str:
    """Return what a document says: a manifest is rendered anew when it is registered, a card is copied."""
    text = path.read_text("utf-8")
    return text if path.suffix == ".md" else json.dumps(yaml.safe_load(text), sort_keys=True)
