"""What a verdict holds for: the commits it is bound to, and the rules that could not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.reports.visible import visible
from modelyard.rules.judgement import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.rules.judgement import Judgement

__all__ = ["ABBREVIATED", "caveats", "subject"]

ABBREVIATED = 12
"""So many digits of an id are enough for people; programs get all of it."""


def subject(judgement: Judgement, *, digits: int | None = ABBREVIATED) -> str:
    """Return what the verdict is bound to and why; empty for what no id is bound to: a work tree, a proposal.

    :param digits: how much of an id is told, None for all of it.
    """
    if judgement.commit:
        name = f"commit {judgement.commit[:digits]}"
    elif judgement.subject is Subject.INDEX:
        name = "the index"
    else:
        return ""
    against = f" against {judgement.base[:digits]}" if judgement.base else ""
    return name + against + (f", {visible(judgement.base_reason)}" if judgement.base_reason else "")


def caveats(judgement: Judgement) -> Iterator[str]:
    """Yield what a reader must know before trusting the verdict, a sentence of ours without full stop each."""
    if judgement.founded:
        yield "the base has no registry yet: this change founds it, and its own policy judges it"
    if not judgement.changes_seen:
        yield "nothing below model_registry/ changed"
    if judgement.base and judgement.commit and not (judgement.owners_judged or judgement.founded):
        yield "owners were not judged: nobody said who makes this change (--actor NAME)"
