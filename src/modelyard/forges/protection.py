"""How a branch is protected, in words that hold for every forge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Protection", "combined"]


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What a forge makes sure of before a branch moves; what is left out is not made sure of.

    :param requests: changes come by requests alone, and nobody pushes.
    :param approvals: how many people must approve a request.
    :param code_owners: one of them is a code owner of what it changes.
    :param fresh: an approval holds for what was approved, and not for what is pushed later.
    :param another: whoever pushed last does not approve.
    :param checks: names of what must succeed; None where the forge requires a pipeline, and no check by its name.
    :param up_to_date: the checks have seen the change on top of what it is merged into.
    :param kept_history: nobody rewrites the branch.
    :param kept: nobody deletes it.
    :param remarks: who may go round it, and what else only a person can judge, a sentence each.
    :param hidden: names of settings that the token may not see, and that may hold what is left out.
    """

    requests: bool = False
    approvals: int = 0
    code_owners: bool = False
    fresh: bool = False
    another: bool = False
    checks: frozenset[str] | None = frozenset()
    up_to_date: bool = False
    kept_history: bool = False
    kept: bool = False
    remarks: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def combined(protections: Iterable[Protection]) -> Protection:
    """Return what holds where all of these hold, each by itself: of everything the strictest."""
    found = tuple(protections)
    return Protection(
        requests=any(each.requests for each in found),
        approvals=max((each.approvals for each in found), default=0),
        code_owners=any(each.code_owners for each in found),
        fresh=any(each.fresh for each in found),
        another=any(each.another for each in found),
        checks=frozenset().union(*(each.checks or () for each in found)),
        up_to_date=any(each.up_to_date for each in found),
        kept_history=any(each.kept_history for each in found),
        kept=any(each.kept for each in found),
        remarks=tuple(sentence for each in found for sentence in each.remarks),
        hidden=tuple(name for each in found for name in each.hidden),
    )
