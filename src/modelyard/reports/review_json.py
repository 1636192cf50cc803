"""A review for programs: one JSON object, as ``schemas/REVIEW_SCHEMA.json`` describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelyard.reports import json as judgement_json

if TYPE_CHECKING:
    from modelyard.evaluate.gates import GateResult
    from modelyard.evaluate.measurements import Measurement
    from modelyard.evaluate.metric_changes import MetricChange
    from modelyard.review.review import Candidate, Review

__all__ = ["SCHEMA_VERSION", "as_value", "render"]

SCHEMA_VERSION = 1


def render(review: Review) -> str:
    """Return the object, with an empty list where there is nothing to tell.

    Text is as it is, escaped to ASCII: what prints it has to make it visible.
    """
    return json.dumps(as_value(review), indent=2) + "\n"


def as_value(review: Review) -> dict[str, Any]:
    """Return the object as plain values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "deeds": list(review.deeds),
        "candidates": [_candidate(each) for each in review.candidates],
        "undo": list(review.undo),
        "judgement": judgement_json.as_value(review.judgement) if review.judgement else None,
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "version": str(candidate.version_id),
        "stage": candidate.stage,
        "against": str(candidate.against) if candidate.against else None,
        "serves_in": candidate.serves_in,
        "description": candidate.description,
        "reason": candidate.reason,
        "comes_back": candidate.comes_back,
        "gates": [_gate(each) for each in candidate.gates],
        "verdict": _verdict(candidate),
        "metrics": [_metric(each) for each in candidate.metrics.metrics],
        "facts": [
            {"what": each.what, "newer": each.newer, "older": each.older, "differs": each.differs}
            for each in candidate.facts
        ],
        "signature": _signature(candidate),
        "card": list(candidate.card),
    }


def _signature(candidate: Candidate) -> list[dict[str, Any]] | None:
    if candidate.signature is None:
        return None
    return [{"message": each.message, "breaks": each.breaks} for each in candidate.signature]


def _gate(result: GateResult) -> dict[str, Any]:
    return {
        "gate": str(result.gate),
        "verdict": result.verdict.value,
        "value": result.value,
        "bound": result.bound,
        "champion": result.champion,
        "method": result.method or None,
        "explanation": result.explanation,
    }


def _verdict(candidate: Candidate) -> dict[str, Any] | None:
    comparison = candidate.metrics.comparison
    if comparison is None:
        return None
    return {
        "verdict": comparison.verdict.value,
        "level": comparison.level,
        "explanation": comparison.explanation,
        "remarks": list(comparison.remarks),
    }


def _metric(change: MetricChange) -> dict[str, Any]:
    compared = change.compared
    return {
        "name": change.name,
        "newer": _measurement(change.newer),
        "older": _measurement(change.older),
        "difference": change.difference,
        "interval": list(change.interval) if change.interval else None,
        "verdict": compared.verdict.value if compared else None,
        "method": compared.difference.method or None if compared and compared.difference else None,
        "adjusted": compared.adjusted if compared else None,
        "explanation": compared.explanation or None if compared else None,
    }


def _measurement(measured: Measurement | None) -> dict[str, Any] | None:
    if measured is None:
        return None
    return {"point": measured.point, "low": measured.low, "high": measured.high, "method": measured.method or None}
