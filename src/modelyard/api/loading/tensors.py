"""Tensors by name, and what else is data alone: safetensors, NumPy arrays, JSON and text."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from modelyard.api.loading.loader import Library, Loader, named_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.api.loading.loader import Trust

__all__ = ["json", "numpy", "safetensors", "text"]


def _open_safetensors(library: Any, data: bytes, _trust: Trust) -> Any:
    return library.load(data)


def _open_numpy(library: Any, data: bytes, _trust: Trust) -> Any:
    loaded = library.load(BytesIO(data), allow_pickle=False)
    # An archive reads its members when they are asked for: here they are read at once.
    return dict(loaded) if hasattr(loaded, "files") else loaded


def _open_json(library: Any, data: bytes, _trust: Trust) -> Any:
    return library.loads(data)


def _open_text(_library: Any, data: bytes, _trust: Trust) -> Any:
    return data.decode()


def _ask(tensors: Any, _features: Any, wanted: Sequence[str]) -> Mapping[str, Any]:
    # Data answers nothing: a smoke test looks at the tensors themselves, above all at their shapes.
    return named_of(tensors if isinstance(tensors, dict) else {"array": tensors}, wanted)


safetensors = Loader(
    Library("safetensors.numpy", "safetensors", "safetensors numpy", beside=("numpy",)), _open_safetensors, _ask
)
numpy = Loader(Library("numpy", "NumPy", "numpy"), _open_numpy, _ask)
json = Loader(Library("json", "json", "json"), _open_json, _ask)
text = Loader(Library("codecs", "codecs", "codecs"), _open_text, _ask)
