"""Promotion: which versions are meant, and the change that puts them into a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.changing import NothingToDo, Proposed, change
from modelyard.api.improving import only_better
from modelyard.api.refusing import GateRefused
from modelyard.api.waiting import not_committed
from modelyard.lifecycle.choose import Choice, choose
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.promote import PromotionRequest, promote
from modelyard.names import Version
from modelyard.values import dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.api.checkout import Checkout
    from modelyard.git.objects import ObjectReader
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["Wish", "promote_versions"]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks to be promoted, in words that only the registry can give a meaning.

    :param words: references, or references with a pattern for a name: ``fraud@1.2.0``, ``fraud-*@staging``.
    :param to: the stage.
    :param all_in: a stage all of whose models are meant; the words are then names or patterns that narrow them.
    :param traffic: percent by version.
    :param if_better: whether only those are meant that are shown to be better than what the stage has now. What is
        not, or what the gate refuses, is left alone then, and that is no failure.
    """

    words: tuple[str, ...]
    to: str
    all_in: str | None = None
    reason: str | None = None
    traffic: Mapping[str, int] = field(default_factory=dict)
    release_hold: bool = False
    if_better: bool = False


def promote_versions(checkout: Checkout, wish: Wish, *, branch: str | None = None, dry_run: bool = False) -> Proposed:
    """Put versions into a stage, all or none, judged against the last commit and by its policy.

    :param branch: as for :func:`modelyard.api.changing.change`.
    :raises UsageError: versions or stage are unknown, or nothing is left to promote.
    :raises Refused: a version is there already, or the gate refuses one.
    """
    choice, remarks = Choice(()), tuple[str, ...]()

    def plan(base: Snapshot, _reader: ObjectReader) -> Edits:
        nonlocal choice, remarks
        choice = choose(wish.words, wish.to, base, all_in=wish.all_in, or_nothing=wish.if_better)
        for version_id in choice.version_ids:
            _require_committed(version_id, base, checkout)
        if wish.if_better:
            choice, remarks = only_better(choice, wish.to, base)
            if not choice.version_ids:
                raise NothingToDo(f"Promote nothing to {wish.to}")
        request = PromotionRequest(
            version_ids=choice.version_ids,
            stage=wish.to,
            reason=wish.reason,
            traffic={Version.parse(version): share for version, share in wish.traffic.items()},
            release_hold=wish.release_hold,
        )
        return promote(request, base)

    try:
        proposed = change(checkout, plan, branch=branch, dry_run=dry_run)
    except GateRefused as refused:
        if not wish.if_better:
            raise
        left_out = (*choice.left_out, *(f"{each} is refused by the gate of {wish.to}" for each in choice.version_ids))
        nothing = Edits({}, title=f"Promote nothing to {wish.to}", branch="")
        return Proposed(nothing, refused.judgement, written=False, left_out=left_out)
    return replace(proposed, left_out=choice.left_out, remarks=remarks)


def _require_committed(version_id: VersionId, base: Snapshot, checkout: Checkout) -> None:
    if not base.has(version_id) and checkout.work_tree().has(version_id):
        raise not_committed(version_id)
