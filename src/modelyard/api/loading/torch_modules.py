"""PyTorch: a state dict where that is all, a whole module, or a TorchScript program; on the CPU."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from modelyard.api.loading.loader import Library, Loader, named_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.api.loading.loader import Trust

__all__ = ["pytorch", "torchscript"]

_TORCH = Library("torch", "PyTorch", "torch")


def _open(torch: Any, data: bytes, _trust: Trust) -> Any:
    from pickle import UnpicklingError

    try:
        return torch.load(BytesIO(data), map_location="cpu", weights_only=True)
    except UnpicklingError:
        # A whole module is more than weights; whoever forbids that code runs was refused before.
        return _ready(torch.load(BytesIO(data), map_location="cpu", weights_only=False))


def _open_script(torch: Any, data: bytes, _trust: Trust) -> Any:
    return _ready(torch.jit.load(BytesIO(data), map_location="cpu"))


def _ready(module: Any) -> Any:
    if hasattr(module, "eval"):
        module.eval()
    return module


def _ask(module: Any, features: Any, wanted: Sequence[str]) -> Mapping[str, Any]:
    if isinstance(module, dict):
        return named_of(module, wanted)
    torch = _TORCH.load()
    with torch.no_grad():
        if isinstance(features, dict):
            answer = module(**{name: _tensor(torch, values) for name, values in features.items()})
        else:
            answer = module(_tensor(torch, features))
    return named_of(answer if isinstance(answer, dict) else {"output": answer}, wanted)


def _tensor(torch: Any, values: Any) -> Any:
    tensor = torch.as_tensor(values)
    # JSON tells no single precision from double, and PyTorch's layers are made of single.
    return tensor.float() if tensor.dtype == torch.float64 else tensor


pytorch = Loader(_TORCH, _open, _ask)
torchscript = Loader(_TORCH, _open_script, _ask)
