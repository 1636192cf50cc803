"""Formats that a magic number tells by itself, and that say nothing more in a fixed place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.formats.facts import ArtifactFacts
from modelyard.formats.frameworks import Framework
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.formats.source import Source

__all__ = ["recognise"]


@dataclass(frozen=True)
class _Signature:
    """Bytes at a fixed place, and at the very end where the format repeats them there."""

    format: str
    magic: bytes
    offset: int = 0
    end: bytes = b""
    framework: str | None = None


_SIGNATURES = (
    _Signature("hdf5", b"\x89HDF\r\n\x1a\n"),
    _Signature("numpy", b"\x93NUMPY"),
    _Signature("gguf", b"GGUF"),
    _Signature("parquet", b"PAR1", end=b"PAR1"),
    _Signature("catboost", b"CBM1", framework="catboost"),
    _Signature("tflite", b"TFL3", offset=4, framework="tensorflow"),
)


def recognise(source: Source) -> ArtifactFacts | None:
    """Return the facts of a file whose magic number is known, or None."""
    for signature in _SIGNATURES:
        if source.head.startswith(signature.magic, signature.offset) and source.tail(16).endswith(signature.end):
            framework = Framework(signature.framework, None) if signature.framework else None
            return ArtifactFacts(signature.format, framework)
    return None
