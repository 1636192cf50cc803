"""Judgements to render: an ordinary one, and one whose every text is hostile."""

from __future__ import annotations

from modelyard.names import VersionId
from modelyard.problems import Position, Problem, Severity
from modelyard.rules.judgement import Judgement

__all__ = ["EVIL", "HOSTILE", "ORDINARY", "problem"]

EVIL = "x\r\n::error file=a::b\x1b[31m ##[stop-commands]t \u202etxt\u200b\udcff\n%0A"


def problem(code: str, severity: Severity, message: str = "`a` is wrong", *, line: int | None = None) -> Problem:
    """Return a problem with a place on a line, or none."""
    place = Position(line, 3) if line else None
    return Problem(code, severity, "model_registry/fraud-1.0.0/metadata.yaml", place, message, "write a: 1")


ORDINARY = Judgement(
    (problem("MY101", Severity.ERROR), problem("MY207", Severity.WARNING, line=7), problem("MY208", Severity.NOTE)),
    (VersionId.parse("fraud@1.0.0"),),
    pre_existing=(problem("MY301", Severity.ERROR),),
    healed=(problem("MY302", Severity.ERROR), problem("MY303", Severity.ERROR)),
    exempted=(problem("MY304", Severity.ERROR),),
    commit="1" * 40,
    base="2" * 40,
)
HOSTILE = Judgement((Problem("MY105", Severity.ERROR, f"model_registry/{EVIL}", None, EVIL, EVIL),), ())
