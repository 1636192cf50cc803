"""Refusal: what the gate says of a change that is not written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import Refused
from modelyard.reports.text import place
from modelyard.reports.visible import visible

if TYPE_CHECKING:
    from modelyard.rules.judgement import Judgement

__all__ = ["GateRefused"]


class GateRefused(Refused):
    """The gate refuses what was about to be written; nothing was. A traceback shows each problem.

    :ivar judgement: all that the gate found: ``judgement.problems`` holds each problem with its code,
        severity, path, position, message and hint.
    """

    def __init__(self, what: str, judgement: Judgement) -> None:
        super().__init__(f"{what} was refused by the gate, and nothing was written")
        self.judgement = judgement
        for problem in judgement.problems:
            self._note(f"{place(problem)} {problem.code} {visible(problem.message)}")
