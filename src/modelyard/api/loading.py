"""Loading: from a verified file to an object, by its declared format."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from modelyard.errors import DigestMismatch, UsageError
from modelyard.storage.digests import digest_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelyard.documents.metadata_parts import FileRecord

__all__ = ["load_file"]


def load_file(path: Path, record: FileRecord) -> Any:
    """Return the object that a file holds.

    The bytes are read once, compared with the digest that was reviewed, and loaded from memory: a
    format that can run code gets no other bytes than those.

    :raises DigestMismatch: the bytes are not those of the record.
    :raises UsageError: the format is not loaded here, or the library that loads it is not installed.
    """
    loader = _LOADERS.get(record.format)
    if loader is None:
        raise UsageError(
            f"modelyard does not load format {record.format!r}; it loads {', '.join(sorted(_LOADERS))}",
            hint=f"open the verified file with its own library: {path}",
        )
    data = path.read_bytes()
    found = digest_bytes(data)
    if (found.sha256, found.size) != (record.sha256, record.size):
        raise DigestMismatch(
            f"{path} has sha256 {found.sha256}, expected {record.sha256}; nothing was loaded",
            hint="pull it again: version.pull()",
        )
    return loader(data)


def _load_joblib(data: bytes) -> Any:
    return _library("joblib", "joblib").load(BytesIO(data))


def _load_pickle(data: bytes) -> Any:
    import pickle

    return pickle.loads(data)  # noqa: S301 - the digest was reviewed, and has just been compared


def _load_onnx(data: bytes) -> Any:
    return _library("onnxruntime", "ONNX Runtime").InferenceSession(data, providers=["CPUExecutionProvider"])


_LOADERS: dict[str, Callable[[bytes], Any]] = {
    "joblib": _load_joblib,
    "pickle": _load_pickle,
    "onnx": _load_onnx,
}


def _library(module: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(f"{name} is not installed", hint=f"pip install {module}") from error
