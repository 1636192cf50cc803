"""Models of the heavy libraries load, answer, and pass a smoke test: `make test-heavy`."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelyard.api.loading import Pipeline, Trust, load_pipeline
from modelyard.api.smoking import Limits, smoke_directory
from modelyard.documents.metadata import Metadata
from modelyard.documents.metadata_parts import FileRecord
from modelyard.errors import Refused
from modelyard.names import VersionId
from modelyard.tree import MemoryTree
from modelyard.version_directory import VersionDirectory
from support.artifacts import estimator
from support.loadable import metadata_of, placed

pytestmark = pytest.mark.filterwarnings("ignore")

ROWS = np.random.default_rng(1).random((40, 3)).astype(np.float32)
LABELS = (ROWS[:, 0] > 0.5).astype(int)


def one_file(path: Path, name: str, data: bytes, form: str) -> tuple[Pipeline, Metadata]:
    _, record = placed(path, name, data, form)
    metadata = metadata_of(name, {name: record})
    return load_pipeline(path, metadata, Trust()), metadata


def passes(path: Path, metadata: Metadata, expected: Mapping[str, Any], tolerance: float = 1e-5) -> None:
    """Let the version answer its first rows once more, confined."""
    stated = {"input": "in.json", "expected": "out.json", "tolerance": tolerance}
    value = {**metadata.to_value(), "smoke_test": stated}
    lists = {name: np.asarray(each).tolist() for name, each in expected.items()}
    root = "model_registry/fraud-1.0.0"
    tree = MemoryTree(
        {
            f"{root}/metadata.json": json.dumps(value).encode(),
            f"{root}/in.json": json.dumps(ROWS[:4].tolist()).encode(),
            f"{root}/out.json": json.dumps(lists).encode(),
        }
    )
    version = VersionDirectory(tree, root, VersionId.parse("fraud@1.0.0"))
    result = smoke_directory(version, path, limits=Limits(memory=16 << 30))
    assert (result.passed, result.differences, result.compared > 0) == (True, (), True)


@pytest.mark.parametrize("suffix", ["json", "ubj"])
def test_xgboost(suffix: str, tmp_path: Path) -> None:
    xgboost: Any = import_module("xgboost")
    booster = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(ROWS, LABELS), 3)
    data = bytes(booster.save_raw(suffix))
    loaded, metadata = one_file(tmp_path, f"model.{suffix}", data, "xgboost")
    expected = booster.predict(xgboost.DMatrix(ROWS[:4]))
    assert np.allclose(loaded.predict(ROWS[:4].tolist())["predict"], expected)
    passes(tmp_path, metadata, {"predict": expected})


def test_lightgbm(tmp_path: Path) -> None:
    lightgbm: Any = import_module("lightgbm")
    settings = {"objective": "binary", "verbose": -1, "min_data_in_leaf": 2}
    booster = lightgbm.train(settings, lightgbm.Dataset(ROWS, LABELS), 3)
    loaded, metadata = one_file(tmp_path, "model.txt", booster.model_to_string().encode(), "lightgbm")
    expected = booster.predict(ROWS[:4])
    assert np.allclose(loaded.predict(ROWS[:4].tolist())["predict"], expected)
    passes(tmp_path, metadata, {"predict": expected})


def test_a_state_dict_of_pytorch_is_its_tensors(tmp_path: Path) -> None:
    torch: Any = import_module("torch")
    layer, file = torch.nn.Linear(3, 2), io.BytesIO()
    torch.save(layer.state_dict(), file)
    loaded, metadata = one_file(tmp_path, "model.pt", file.getvalue(), "pytorch")
    assert sorted(loaded.model) == ["bias", "weight"]
    passes(tmp_path, metadata, {"weight": layer.weight.detach().numpy()})


def test_a_whole_module_of_pytorch_predicts(tmp_path: Path) -> None:
    torch: Any = import_module("torch")
    module, file = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Dropout(0.9)), io.BytesIO()
    torch.save(module, file)
    loaded, metadata = one_file(tmp_path, "model.pt", file.getvalue(), "pytorch")
    expected = module[0](torch.from_numpy(ROWS[:4])).detach().numpy()
    assert np.allclose(loaded.predict(ROWS[:4].tolist())["output"], expected, atol=1e-6)
    passes(tmp_path, metadata, {"output": expected})


def test_a_program_of_torchscript_predicts(tmp_path: Path) -> None:
    torch: Any = import_module("torch")
    module, file = torch.nn.Linear(3, 2), io.BytesIO()
    torch.jit.save(torch.jit.trace(module, torch.from_numpy(ROWS[:4])), file)
    loaded, metadata = one_file(tmp_path, "model.pt", file.getvalue(), "torchscript")
    expected = module(torch.from_numpy(ROWS[:4])).detach().numpy()
    assert np.allclose(loaded.predict(ROWS[:4].tolist())["output"], expected, atol=1e-6)
    passes(tmp_path, metadata, {"output": expected})


def logged(path: Path) -> dict[str, FileRecord]:
    """Save a model as MLflow does, and return the records of its files."""
    mlflow: Any = import_module("mlflow.sklearn")
    mlflow.save_model(estimator("pipeline"), str(path / "model"))
    files = (file for file in sorted((path / "model").rglob("*")) if file.is_file())
    return {
        (name := file.relative_to(path).as_posix()): placed(path, name, file.read_bytes(), "other")[1] for file in files
    }


def test_a_directory_of_mlflow_predicts(tmp_path: Path) -> None:
    metadata = metadata_of("model", logged(tmp_path))
    loaded = load_pipeline(tmp_path, metadata, Trust())
    expected = estimator("pipeline").predict(ROWS[:4])
    assert loaded.predict(ROWS[:4].tolist())["predict"].tolist() == expected.tolist()
    passes(tmp_path, metadata, {"predict": expected})


def test_a_directory_of_mlflow_is_loaded_from_verified_bytes_alone(tmp_path: Path) -> None:
    records = logged(tmp_path)
    path = tmp_path / "model" / "MLmodel"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Refused) as caught:
        load_pipeline(tmp_path, metadata_of("model", records), Trust())
    assert caught.value.message.startswith(f"{path} has sha256 ")
