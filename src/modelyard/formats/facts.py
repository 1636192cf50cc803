"""What the registry records of an artifact: its format, and the framework that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.formats.frameworks import Framework

__all__ = ["FORMATS", "RUNS_CODE", "ArtifactFacts"]

FORMATS: tuple[str, ...] = (
    "joblib",
    "pickle",
    "skops",
    "onnx",
    "safetensors",
    "pytorch",
    "torchscript",
    "keras",
    "hdf5",
    "tflite",
    "xgboost",
    "lightgbm",
    "catboost",
    "gguf",
    "numpy",
    "parquet",
    "json",
    "text",
    "other",
)
"""Every format that the registry knows by name; ``other`` is anything else."""

RUNS_CODE: frozenset[str] = frozenset({"joblib", "pickle", "pytorch", "torchscript", "keras", "hdf5"})
"""Formats whose usual loader can run code that the file brings along.

Pickles call what they name, a PyTorch archive holds a pickle, TorchScript is a program, and Keras
models (HDF5 ones too) may hold Lambda layers with Python bytecode. ``skops`` is not among them: its
loader refuses every type that is not trusted by name. Nothing is known about ``other``.
"""


@dataclass(frozen=True)
class ArtifactFacts:
    """What one artifact says of itself: a name out of FORMATS, and its framework where it tells."""

    format: str
    framework: Framework | None
