"""Inspection: the one question of this package, and the order in which formats are asked."""

from __future__ import annotations

import shlex
import stat
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, UsageError
from modelyard.formats import archives, boosters, onnx, pickles, safetensors, signatures, texts
from modelyard.formats.facts import ArtifactFacts
from modelyard.formats.source import opened

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.formats.source import Source

__all__ = ["facts_of", "inspect"]

# What has a long magic number comes first, what only looks like something comes last.
_RECOGNISERS = (
    signatures.recognise,
    archives.recognise,
    safetensors.recognise,
    boosters.recognise,
    pickles.recognise,
    onnx.recognise,
    texts.recognise,
)


def inspect(path: Path) -> ArtifactFacts:
    """Return what an artifact is, read from its own bytes.

    Nothing in the file is imported, called or loaded. Any content is fine: what nobody recognises is
    ``other``. However large the file is, a bounded part of it is held in memory and looked at.

    :raises UsageError: the path is not a regular file.
    :raises NotFinished: the file cannot be read.
    """
    try:
        # A named pipe would keep open() waiting for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{path} is not a regular file", hint="name the file that holds the model")
        with opened(path) as source:
            return facts_of(source)
    except OSError as error:
        raise NotFinished(f"{path} cannot be read: {error.strerror}", hint=f"ls -l {shlex.quote(str(path))}") from error


def facts_of(source: Source) -> ArtifactFacts:
    """Return what an open artifact is; see :func:`inspect`."""
    facts = (recognise(source) for recognise in _RECOGNISERS)
    return next((found for found in facts if found), ArtifactFacts("other", None))
