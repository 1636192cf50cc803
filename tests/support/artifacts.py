"""Real artifacts, made by the libraries that people make them with."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ESTIMATORS", "estimator", "joblib_bytes", "onnx_bytes", "safetensors_bytes", "skops_bytes", "zip_bytes"]


def _text_labels() -> Any:
    # The labels become an array of objects: in a joblib file, a pickle within the pickle.
    return LogisticRegression().fit(_rows(), np.array(["no", "yes"], dtype=object)[_labels()])


def _encoded() -> Any:
    columns = ColumnTransformer([("number", StandardScaler(), [0]), ("word", OneHotEncoder(), [1])])
    rows = np.array([[str(number), "ab"[number % 2]] for number in range(20)], dtype=object)
    return make_pipeline(columns, LogisticRegression()).fit(rows, [number % 2 for number in range(20)])


ESTIMATORS: dict[str, Callable[[], Any]] = {
    "unfitted": LogisticRegression,
    "pipeline": lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit(_rows(), _labels()),
    "columns": _encoded,
    "forest": lambda: RandomForestClassifier(3, random_state=0).fit(_rows(), _labels()),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=3, random_state=0).fit(_rows(), _labels()),
    "neighbours": lambda: KNeighborsClassifier(3).fit(_rows(), _labels()),
    "search": lambda: GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(_rows(), _labels()),
    "text labels": _text_labels,
    "vocabulary": lambda: CountVectorizer().fit(["a few words", "and some more words"]),
}


@cache
def estimator(name: str) -> Any:
    """Return one of ESTIMATORS, fitted once."""
    return ESTIMATORS[name]()


def joblib_bytes(value: object, **options: Any) -> bytes:
    """Return what ``joblib.dump`` writes."""
    file = io.BytesIO()
    joblib.dump(value, file, **options)
    return file.getvalue()


@cache
def onnx_bytes() -> bytes:
    """Return a classifier that skl2onnx made of a pipeline."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skl2onnx import to_onnx

        model = to_onnx(estimator("pipeline"), _rows()[:1].astype(np.float32))
    return bytes(model.SerializeToString())


def safetensors_bytes(metadata: dict[str, str] | None = None) -> bytes:
    """Return two tensors as the safetensors library writes them."""
    from safetensors.numpy import save

    return save({"weight": np.zeros((3, 2), np.float32), "bias": np.ones(2, np.float32)}, metadata)


def skops_bytes() -> bytes:
    """Return a pipeline as the layout of ``skops.io`` has it: one schema, and arrays beside it."""
    version = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": '"1.7.2"'}
    content = {"__class__": "dict", "__loader__": "DictNode", "content": {"_sklearn_version": version}}
    schema = {
        "__class__": "Pipeline",
        "__module__": "sklearn.pipeline",
        "__loader__": "ObjectNode",
        "content": content,
        "protocol": 2,
        "_skops_version": "0.13.0",
    }
    return zip_bytes({"schema.json": json.dumps(schema), "140674492059568.npy": b"\x93NUMPY"})


def zip_bytes(members: dict[str, str | bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip archive with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _rows() -> Any:
    return np.random.default_rng(0).random((40, 3))


def _labels() -> Any:
    return (_rows()[:, 0] > 0.5).astype(int)
