"""safetensors: the length of a JSON header, the header, then the tensors' bytes.

The layout is that of the format's own description (github.com/huggingface/safetensors): eight bytes
of little-endian length, at most 100 MB of JSON, and offsets that cover the rest of the file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.formats.facts import ArtifactFacts
from modelyard.formats.frameworks import Framework

if TYPE_CHECKING:
    from modelyard.formats.source import Source

__all__ = ["recognise"]

_PREFIX = 8
_LONGEST_HEADER = 100_000_000
_LONGEST_READ = 4 * 1024 * 1024
_METADATA = "__metadata__"
_FRAMEWORKS = {"flax": "flax", "mlx": "mlx", "np": "numpy", "paddle": "paddle", "pt": "pytorch", "tf": "tensorflow"}


def recognise(source: Source) -> ArtifactFacts | None:
    """Return the facts of a safetensors file, or None.

    A header beyond 4 MiB is taken at its first bytes, and tells no framework.
    """
    length = int.from_bytes(source.head[:_PREFIX], "little")
    if not 2 <= length <= min(_LONGEST_HEADER, source.size - _PREFIX) or source.head[_PREFIX : _PREFIX + 1] != b"{":
        return None
    if length > _LONGEST_READ:
        return ArtifactFacts("safetensors", None) if source.head[_PREFIX + 1 : _PREFIX + 2] == b'"' else None
    header = _header(source, length)
    if header is None or _end_of_tensors(header) != source.size - _PREFIX - length:
        return None
    return ArtifactFacts("safetensors", _framework(header))


def _header(source: Source, length: int) -> dict[str, object] | None:
    try:
        header = json.loads(source.read(_PREFIX, length))
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) else None


def _end_of_tensors(header: dict[str, object]) -> int | None:
    """Return where the last tensor ends, counted from the header's end, or None where one is odd."""
    end = 0
    for name, tensor in header.items():
        if name == _METADATA:
            continue
        offsets = _offsets(tensor)
        if offsets is None:
            return None
        end = max(end, offsets[1])
    return end


def _offsets(tensor: object) -> tuple[int, int] | None:
    if not isinstance(tensor, dict) or not isinstance(tensor.get("dtype"), str) or "shape" not in tensor:
        return None
    offsets = tensor.get("data_offsets")
    if not isinstance(offsets, list) or [type(offset) for offset in offsets] != [int, int]:
        return None
    start, end = offsets
    return (start, end) if 0 <= start <= end else None


def _framework(header: dict[str, object]) -> Framework | None:
    metadata = header.get(_METADATA)
    name = _FRAMEWORKS.get(str(metadata.get("format"))) if isinstance(metadata, dict) else None
    return Framework(name, None) if name else None
