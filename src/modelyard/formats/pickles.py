"""Pickles: plain ones, joblib files, and the first format of ``torch.save``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.formats.compression import compression_of, decompressed
from modelyard.formats.facts import ArtifactFacts
from modelyard.formats.frameworks import Framework
from modelyard.formats.streams import Stream
from modelyard.formats.survey import survey

if TYPE_CHECKING:
    from modelyard.formats.source import Source

__all__ = ["recognise"]

# Before its zip archives torch.save wrote a pickled number first (torch/serialization.py, MAGIC_NUMBER).
_TORCH_START = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
_SUFFIXES = frozenset({".joblib", ".pickle", ".pkl"})


def recognise(source: Source) -> ArtifactFacts | None:
    """Return the facts of a pickle, or None.

    A compressed pickle is joblib's, as ``pickle.load`` cannot read it. An uncompressed one is joblib's
    where its arrays are written as joblib does; where it has no arrays, the file's suffix decides.
    """
    if source.head[:1] == b"\x80" and source.head[2:].startswith(_TORCH_START):
        return ArtifactFacts("pytorch", Framework("pytorch", None))
    compression = compression_of(source.head)
    if compression:
        return _compressed(source, compression)
    return _plain(source)


def _compressed(source: Source, compression: str) -> ArtifactFacts | None:
    stream = decompressed(source.file, compression)
    if stream is None:
        return ArtifactFacts("joblib", None) if _SUFFIXES.intersection(source.suffixes) else None
    found = survey(stream, find_arrays=False)
    return ArtifactFacts("joblib", found.framework) if found.is_pickle else None


def _plain(source: Source) -> ArtifactFacts | None:
    source.file.seek(0)
    found = survey(Stream(source.file, size=source.size), find_arrays=True)
    if not found.is_pickle:
        return None
    has_joblib_arrays = found.has_joblib_arrays
    if has_joblib_arrays is None:
        has_joblib_arrays = ".joblib" in source.suffixes
    return ArtifactFacts("joblib" if has_joblib_arrays else "pickle", found.framework)
