"""Each format is loaded by its library, from bytes that were verified, and no other way."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io

from modelyard.api.loading import Trust, load_artifact, load_file
from modelyard.errors import DigestMismatch, Refused, UsageError
from modelyard.formats import RUNS_CODE
from support.artifacts import estimator, joblib_bytes, onnx_bytes, safetensors_bytes
from support.loadable import placed

ROWS = np.random.default_rng(1).random((20, 3))
SAFE = "json, lightgbm, numpy, onnx, safetensors, skops, text, xgboost"


class Odd:
    """A type that skops knows nothing of."""


def load(path: Path, data: bytes, form: str, **trust: Any) -> Any:
    return load_file(*placed(path, "model", data, form), Trust(**trust))


@pytest.mark.parametrize(
    ("form", "write"), [("joblib", joblib_bytes), ("pickle", pickle.dumps), ("skops", skops.io.dumps)]
)
def test_an_estimator_predicts_as_it_did(form: str, write: Any, tmp_path: Path) -> None:
    model = load(tmp_path, write(estimator("pipeline")), form)
    assert (model.predict(ROWS) == estimator("pipeline").predict(ROWS)).all()


def test_an_onnx_model_becomes_a_session(tmp_path: Path) -> None:
    session = load(tmp_path, onnx_bytes(), "onnx", safe=True)
    labels = session.run(None, {session.get_inputs()[0].name: ROWS.astype(np.float32)})[0]
    assert (labels == estimator("pipeline").predict(ROWS)).all()


def test_tensors_come_by_name(tmp_path: Path) -> None:
    tensors = load(tmp_path, safetensors_bytes(), "safetensors", safe=True)
    assert {name: tensor.shape for name, tensor in tensors.items()} == {"weight": (3, 2), "bias": (2,)}


def test_arrays_json_and_text_are_data_alone(tmp_path: Path) -> None:
    one, many = io.BytesIO(), io.BytesIO()
    np.save(one, ROWS)
    np.savez(many, rows=ROWS)
    assert (load(tmp_path, one.getvalue(), "numpy", safe=True) == ROWS).all()
    assert (load(tmp_path, many.getvalue(), "numpy", safe=True)["rows"] == ROWS).all()
    assert load(tmp_path, b'{"a": 1}', "json", safe=True) == {"a": 1}
    assert load(tmp_path, "Größe\n".encode(), "text", safe=True) == "Größe\n"


@pytest.mark.parametrize("form", sorted(RUNS_CODE - {"keras", "hdf5"}))
def test_what_can_run_code_is_refused_under_safe_mode(form: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        load(tmp_path, b"never looked at", form, safe=True)
    assert caught.value.message == (
        f"model is {form}, a format that can run code when it is loaded, and safe loading was asked for; "
        "nothing was loaded"
    )
    assert caught.value.hint == (
        f"register it in a format that runs none ({SAFE}), or load it without that if you trust its reviewers"
    )


def test_a_directory_of_mlflow_is_refused_under_safe_mode(tmp_path: Path) -> None:
    _, record = placed(tmp_path, "model/MLmodel", b"flavors: {}\n", "other")
    with pytest.raises(Refused) as caught:
        load_artifact(tmp_path, "model", {"model/MLmodel": record}, Trust(safe=True))
    assert caught.value.message == (
        "model is an MLflow model, which can run code when it is loaded, and safe loading was asked for; "
        "nothing was loaded"
    )


def test_skops_makes_no_type_that_nobody_trusts(tmp_path: Path) -> None:
    name = f"{Odd.__module__}.Odd"
    data = skops.io.dumps(Odd())
    with pytest.raises(Refused) as caught:
        load(tmp_path, data, "skops")
    assert caught.value.message == f"skops does not know that it is safe to make {name}"
    assert caught.value.hint == f"read what they are, then name them: version.load(trusted=['{name}'])"
    assert type(load(tmp_path, data, "skops", types=(name,))).__name__ == "Odd"


class Planted:
    """A pickle that leaves a trace when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.trace),)


def test_other_bytes_are_not_loaded(tmp_path: Path) -> None:
    path, record = placed(tmp_path, "model.pkl", pickle.dumps(1), "pickle")
    path.write_bytes(pickle.dumps(Planted(tmp_path / "trace")))
    with pytest.raises(DigestMismatch) as caught:
        load_file(path, record, Trust())
    assert caught.value.message.endswith(f", expected {record.sha256}; nothing was loaded")
    assert not (tmp_path / "trace").exists()


def test_the_library_that_is_missing_is_named_with_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xgboost", None)
    with pytest.raises(UsageError) as caught:
        load(tmp_path, b"{}", "xgboost")
    assert (caught.value.message, caught.value.hint) == ("XGBoost is not installed", "pip install xgboost")


def test_a_library_that_lacks_another_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "numpy", None)
    with pytest.raises(UsageError) as caught:
        load(tmp_path, b"", "safetensors")
    assert (caught.value.message, caught.value.hint) == ("numpy is not installed", "pip install safetensors numpy")
