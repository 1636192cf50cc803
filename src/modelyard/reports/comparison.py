"""A comparison for programs: one JSON object, as ``schemas/COMPARISON_SCHEMA.json`` describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.evaluate.comparison import Candidate, Comparison, MetricComparison
    from modelyard.evaluate.signatures import Break

__all__ = ["as_value"]

SCHEMA_VERSION = 1


def as_value(
    commit: str | None,
    candidates: Sequence[Candidate],
    comparisons: Sequence[Comparison],
    signature_breaks: Sequence[Sequence[Break]],
    remarks: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the versions and, for each but the first, how it compares with the first."""
    return {
        "schema_version": SCHEMA_VERSION,
        "commit": commit,
        "versions": [_version(each) for each in candidates],
        "comparisons": [_comparison(each, breaks) for each, breaks in zip(comparisons, signature_breaks, strict=True)],
        "remarks": list(remarks),
    }


def _version(candidate: Candidate) -> dict[str, Any]:
    metadata, manifest = candidate.metadata, candidate.manifest
    return {
        "name": candidate.version_id.name,
        "version": str(candidate.version_id.version),
        "metrics": dict(candidate.metrics.values) if candidate.metrics else {},
        "params": dict(metadata.params) if metadata else {},
        "data": [{"path": each.path or each.url, "sha256": each.sha256} for each in manifest.files]
        if manifest
        else None,
        "signature": metadata.signature.to_value() if metadata and metadata.signature else None,
        "size": metadata.size if metadata else None,
    }


def _comparison(comparison: Comparison, breaks: Sequence[Break]) -> dict[str, Any]:
    return {
        "older": str(comparison.older),
        "newer": str(comparison.newer),
        "verdict": comparison.verdict.value,
        "explanation": comparison.explanation,
        "metrics": [_metric(each) for each in comparison.metrics],
        "score": _metric(comparison.score) if comparison.score else None,
        "signature_breaks": [each.message for each in breaks],
    }


def _metric(found: MetricComparison) -> dict[str, Any]:
    return {
        "metric": found.metric,
        "split": found.split,
        "verdict": found.verdict.value,
        "method": found.method or None,
        "older": found.older,
        "newer": found.newer,
        "effect": found.effect,
        "low": found.low,
        "high": found.high,
        "level": found.level,
        "p_value": found.p_value,
        "explanation": found.explanation,
    }
