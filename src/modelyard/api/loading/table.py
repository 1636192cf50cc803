"""Which loader opens which format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.loading import boosters, mlflow_models, python_objects, sessions, tensors, torch_modules

if TYPE_CHECKING:
    from modelyard.api.loading.loader import DirectoryLoader, Loader

__all__ = ["DIRECTORIES", "LOADERS"]

LOADERS: dict[str, Loader] = {
    "joblib": python_objects.joblib,
    "pickle": python_objects.pickle,
    "skops": python_objects.skops,
    "onnx": sessions.onnx,
    "safetensors": tensors.safetensors,
    "numpy": tensors.numpy,
    "json": tensors.json,
    "text": tensors.text,
    "pytorch": torch_modules.pytorch,
    "torchscript": torch_modules.torchscript,
    "xgboost": boosters.xgboost,
    "lightgbm": boosters.lightgbm,
}

# Each of them runs code: which file of a directory is a pickle, its own description says.
DIRECTORIES: tuple[DirectoryLoader, ...] = (mlflow_models.mlflow,)
