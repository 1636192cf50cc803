"""Loading: from a verified file to an object, by its declared format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelyard.errors import DigestMismatch, UsageError
from modelyard.storage.digests import digest_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelyard.documents.metadata_parts import FileRecord

__all__ = ["load_file"]


def load_file(path: Path, record: FileRecord) -> Any:
    """Return the object that a file holds.

    A format that can run code is opened only after its bytes were compared with the digest that was
    reviewed, right before, and again after every pull.

    :raises DigestMismatch: the bytes are not those of the record.
    :raises UsageError: the format is not loaded here, or the library that loads it is not installed.
    """
    loader = _LOADERS.get(record.format)
    if loader is None:
        raise UsageError(
            f"modelyard does not load format {record.format!r}; it loads {', '.join(sorted(_LOADERS))}",
            hint=f"open the verified file with its own library: {path}",
        )
    found = digest_file(path)
    if (found.sha256, found.size) != (record.sha256, record.size):
        raise DigestMismatch(f"{path} has sha256 {found.sha256}, expected {record.sha256}", hint="modelyard pull")
    return loader(path)


def _load_joblib(path: Path) -> Any:
    return _library("joblib", "joblib").load(path)


def _load_pickle(path: Path) -> Any:
    import pickle

    with path.open("rb") as stream:
        return pickle.load(stream)  # noqa: S301 - the digest was reviewed, and has just been compared


def _load_onnx(path: Path) -> Any:
    return _library("onnxruntime", "ONNX Runtime").InferenceSession(str(path), providers=["CPUExecutionProvider"])


_LOADERS: dict[str, Callable[[Path], Any]] = {
    "joblib": _load_joblib,
    "pickle": _load_pickle,
    "onnx": _load_onnx,
}


def _library(module: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(f"{name} is not installed", hint=f"pip install {module}") from error
