"""Validation of a change: one commit against another, or what a commit hook is asked about."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.api.artifacts_at_hand import ArtifactsAtHand
from modelyard.api.base import find_base
from modelyard.api.checkout import Checkout
from modelyard.api.past import CommittedPast, NoPast
from modelyard.api.validating import now
from modelyard.errors import UsageError
from modelyard.git.history import merge_base
from modelyard.git.location import COMMIT_HOOK
from modelyard.rules.engine import judge, judge_change
from modelyard.snapshot import ROOT, Snapshot
from modelyard.tree import StagedTree

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from modelyard.api.asking_remotes import Asking
    from modelyard.git.objects import ObjectReader
    from modelyard.rules.judgement import Judgement
    from modelyard.rules.rule import ArtifactBytes, Past

__all__ = ["AUTO", "validate_change", "validate_hook", "validate_staged"]

AUTO = "auto"
"""The base that is found by itself: the commit that the change starts from."""

_COMMITTING = "GIT_INDEX_FILE"  # git commit tells its hooks which index it commits
_RANGE = ("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF")


def validate_staged(start: Path, *, artifacts: bool = True, asking: Asking | None = None) -> Judgement:
    """Judge what is staged against the last commit.

    :raises UsageError: this is no repository, or a merge is unfinished.
    """
    checkout = Checkout.at(start, keep=COMMIT_HOOK)
    with checkout.reading() as reader:
        base, head = checkout.commit(reader), Snapshot(StagedTree(reader))
        return _judged(checkout, reader, base, head, artifacts=artifacts, asking=asking)


def validate_hook(start: Path, *, artifacts: bool = True, asking: Asking | None = None) -> Judgement:
    """Judge what pre-commit asks about.

    That is the range of commits that it names in ``PRE_COMMIT_FROM_REF`` and ``PRE_COMMIT_TO_REF``,
    else what is staged. Where nothing below the registry is staged and nobody is committing, as in
    ``pre-commit run --all-files``, it is all that the index holds.

    :raises UsageError: this is no repository, a merge is unfinished, or a revision is not one.
    :raises NotFinished: the range is not in this clone.
    """
    old, new = (os.environ.get(name) for name in _RANGE)
    if old and new:
        return _validate_range(start, old, new, artifacts=artifacts, asking=asking)
    checkout = Checkout.at(start, keep=COMMIT_HOOK)
    with checkout.reading() as reader:
        staged = StagedTree(reader)
        base, head = checkout.commit(reader), Snapshot(staged)
        if _COMMITTING in os.environ or staged.touches(ROOT):
            return _judged(checkout, reader, base, head, artifacts=artifacts, asking=asking)
        moment = now()
        judgement = judge(head, head.version_ids, artifacts=_at_hand(checkout, artifacts), moment=moment)
        return _asked(judgement, checkout, base, head, moment, asking)


def validate_change(
    start: Path, *, base: str, head: str = "HEAD", artifacts: bool = True, asking: Asking | None = None
) -> Judgement:
    """Judge one commit against another.

    :param base: a revision, or :data:`AUTO`.
    :param asking: whether remotes are asked for the objects of the versions too, by the base's settings.
    :raises UsageError: a revision is not one.
    :raises NotFinished: the base is not in this clone.
    """
    checkout = Checkout.at(start)
    with checkout.reading() as reader:
        head_id = reader.commit_id(head)
        base_id = find_base(checkout.location, reader, head_id) if base == AUTO else reader.commit_id(base)
        before, after = checkout.commit(reader, base_id), checkout.commit(reader, head_id)
        if not before.exists and not after.exists:
            raise UsageError(f"neither {base} nor {head} holds a registry", hint=f"modelyard init {checkout.root}")
        return _judged(checkout, reader, before, after, artifacts=artifacts, asking=asking)


def _validate_range(start: Path, old: str, new: str, *, artifacts: bool, asking: Asking | None) -> Judgement:
    checkout = Checkout.at(start)
    with checkout.reading() as reader:
        old_id, new_id = reader.commit_id(old), reader.commit_id(new)
        # What the range changes is counted from where the two parted, as pre-commit itself does.
        base_id = merge_base(checkout.location, old_id, new_id) or old_id
        before, after = checkout.commit(reader, base_id), checkout.commit(reader, new_id)
        return _judged(checkout, reader, before, after, artifacts=artifacts, asking=asking)


def _judged(
    checkout: Checkout, reader: ObjectReader, base: Snapshot, head: Snapshot, *, artifacts: bool, asking: Asking | None
) -> Judgement:
    # A commit is judged by its own date, so that the verdict on it is the same for ever.
    moment = reader.commit(head.tree.commit).committed_at if head.tree.commit else now()
    past = _past(reader, base.tree.commit)
    judgement = judge_change(base, head, past=past, artifacts=_at_hand(checkout, artifacts), moment=moment)
    return _asked(judgement, checkout, base, head, moment, asking)


def _asked(
    judgement: Judgement,
    checkout: Checkout,
    base: Snapshot,
    head: Snapshot,
    moment: datetime,
    asking: Asking | None,
) -> Judgement:
    if asking is None:
        return judgement
    from modelyard.api.asking_remotes import asked

    return asked(judgement, checkout, head=head, base=base, moment=moment, asking=asking)


def _past(reader: ObjectReader, commit: str | None) -> Past:
    return CommittedPast(reader, commit) if commit else NoPast()


def _at_hand(checkout: Checkout, wanted: bool) -> ArtifactBytes | None:  # noqa: FBT001
    return ArtifactsAtHand(checkout) if wanted else None
