"""ONNX, opened as a session of ONNX Runtime on the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.api.loading.loader import Library, Loader
from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.api.loading.loader import Trust

__all__ = ["onnx"]

_TYPES = {
    "tensor(float16)": "float16",
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(int8)": "int8",
    "tensor(int16)": "int16",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
    "tensor(uint8)": "uint8",
    "tensor(uint16)": "uint16",
    "tensor(uint32)": "uint32",
    "tensor(uint64)": "uint64",
    "tensor(bool)": "bool",
    "tensor(string)": "object",
}


def _open(library: Any, data: bytes, _trust: Trust) -> Any:
    return library.InferenceSession(data, providers=["CPUExecutionProvider"])


def _ask(session: Any, features: Any, wanted: Sequence[str]) -> Mapping[str, Any]:
    outputs = [output.name for output in session.get_outputs()]
    unknown = [name for name in wanted if name not in outputs]
    if unknown:
        raise UsageError(f"the model has no output {unknown[0]!r}", hint=f"its outputs are {', '.join(outputs)}")
    names = list(wanted) or outputs[:1]
    return dict(zip(names, session.run(names, _feed(session, features)), strict=True))


def _feed(session: Any, features: Any) -> dict[str, Any]:
    """Return each input of the session as the type that it takes."""
    import numpy as np

    inputs = {each.name: each.type for each in session.get_inputs()}
    given = features if isinstance(features, dict) else {next(iter(inputs)): features}
    if set(given) != set(inputs) or (len(inputs) > 1 and not isinstance(features, dict)):
        names = ", ".join(inputs)
        raise UsageError(f"the model takes the inputs {names}, and is given {', '.join(given)}", hint="name each input")
    return {name: np.asarray(values, dtype=_TYPES.get(inputs[name])) for name, values in given.items()}


onnx = Loader(Library("onnxruntime", "ONNX Runtime", "onnxruntime"), _open, _ask)
