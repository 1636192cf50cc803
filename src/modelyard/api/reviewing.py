"""The report on a change for whoever decides on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.opened_change import AUTO, opened_change
from modelyard.api.validating_changes import ALL_AT_HAND, judge_against
from modelyard.review.review import review
from modelyard.rules.engine import transition_between

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.api.inquiry import Inquiry
    from modelyard.api.opened_change import OpenedChange
    from modelyard.review.review import Review
    from modelyard.rules.judgement import Judgement

__all__ = ["review_change"]


def review_change(
    start: Path, inquiry: Inquiry | None = ALL_AT_HAND, *, base: str = AUTO, head: str = "HEAD"
) -> Review:
    """Judge a change, and tell what it does and what there is to hold it against; the repository may be a bare one.

    :param inquiry: how far the gate looks; None to leave it out.
    :param base: a revision, or ``auto`` for the commit that the change starts from.
    :raises UsageError: a revision is not one, or there is no registry on either side.
    :raises NotFinished: the base is not in this clone, or its history is cut off.
    """
    with opened_change(start, base=base, head=head) as change:
        judgement = _judged(change, inquiry) if inquiry else None
        return review(transition_between(change.base, change.head, past=change.past), judgement)


def _judged(change: OpenedChange, inquiry: Inquiry) -> Judgement:
    reason = change.base_reason
    return judge_against(change.repository, change.reader, change.base, change.head, inquiry, reason=reason)
