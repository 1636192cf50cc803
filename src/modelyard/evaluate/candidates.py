"""Candidates: what a version's directory holds for a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.evaluate.comparison import Candidate

if TYPE_CHECKING:
    from modelyard.documents.predictions import Predictions
    from modelyard.version_directory import VersionDirectory

__all__ = ["candidate_of"]


def candidate_of(directory: VersionDirectory, predictions: Predictions | None = None) -> Candidate:
    """Return the version with those of its documents that can be read.

    :param predictions: those of the directory; comparing asks for them, and ranking does not.
    """
    return Candidate(
        directory.id,
        directory.metadata.value if directory.metadata else None,
        directory.metrics.value if directory.metrics else None,
        predictions,
        directory.manifest.value if directory.manifest else None,
    )
