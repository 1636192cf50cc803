"""Validation of a change: one commit against another, or what a commit hook is asked about."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.api.actor import find_maker
from modelyard.api.artifacts_at_hand import ArtifactsAtHand
from modelyard.api.checkout import Checkout
from modelyard.api.clock import now
from modelyard.api.inquiry import Inquiry
from modelyard.api.opened_change import commit_of, how_to_found, opened_change
from modelyard.api.past import past_of
from modelyard.api.repository import Repository
from modelyard.errors import UsageError
from modelyard.git.history import merge_base
from modelyard.git.location import COMMIT_HOOK
from modelyard.rules.engine import judge, judge_change
from modelyard.rules.judgement import Subject
from modelyard.snapshot import ROOT, Snapshot
from modelyard.tree import StagedTree
from modelyard.values import replace

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from modelyard.git.objects import ObjectReader
    from modelyard.rules.engine import Survey
    from modelyard.rules.found import ArtifactBytes
    from modelyard.rules.judgement import Judgement

__all__ = [
    "ALL_AT_HAND",
    "judge_against",
    "validate_change",
    "validate_commit",
    "validate_hook",
    "validate_staged",
]

ALL_AT_HAND = Inquiry()
"""What is looked at unless more is asked for: the rules, and the bytes that lie at hand."""

_COMMITTING = "GIT_INDEX_FILE"  # git commit tells its hooks which index it commits
_LAST = "the last commit"
_FIRST = "before the first commit"
_SAME = "which holds the same"
_RANGE = ("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF")


def validate_staged(start: Path, inquiry: Inquiry = ALL_AT_HAND) -> Judgement:
    """Judge what is staged against the last commit.

    :raises UsageError: this is no repository, or a merge is unfinished.
    """
    checkout = Checkout.at(start, keep=COMMIT_HOOK)
    with checkout.reading() as reader:
        base, head = checkout.commit(reader), Snapshot(StagedTree(reader))
        return judge_against(checkout, reader, base, head, inquiry, reason=_LAST)


def validate_hook(start: Path, inquiry: Inquiry = ALL_AT_HAND) -> Judgement:
    """Judge what pre-commit asks about.

    That is the range of commits that it names in ``PRE_COMMIT_FROM_REF`` and ``PRE_COMMIT_TO_REF``,
    else what is staged. Where nothing below the registry is staged and nobody is committing, as in
    ``pre-commit run --all-files``, it is all that the index holds.

    :raises UsageError: this is no repository, a merge is unfinished, or a revision is not one.
    :raises NotFinished: the range is not in this clone.
    """
    old, new = (os.environ.get(name) for name in _RANGE)
    if old and new:
        return _validate_range(start, old, new, inquiry)
    checkout = Checkout.at(start, keep=COMMIT_HOOK)
    with checkout.reading() as reader:
        staged = StagedTree(reader)
        base, head = checkout.commit(reader), Snapshot(staged)
        if _COMMITTING in os.environ or staged.touches(ROOT):
            return judge_against(checkout, reader, base, head, inquiry, reason=_LAST)
        moment = now()
        at_hand, survey = _at_hand(checkout, inquiry), _survey(reader, inquiry)
        judgement = judge(head, head.version_ids, artifacts=at_hand, moment=moment, survey=survey)
        reason = _SAME if base.tree.commit else _FIRST
        judgement = replace(judgement, subject=Subject.INDEX, base=base.tree.commit, base_reason=reason)
        return _asked(judgement, checkout, base, head, inquiry, moment=moment)


def validate_change(start: Path, inquiry: Inquiry = ALL_AT_HAND, *, base: str, head: str = "HEAD") -> Judgement:
    """Judge one commit against another; the repository may be a bare one.

    :param base: a revision, or :data:`modelyard.api.opened_change.AUTO`.
    :raises UsageError: a revision is not one, or there is no registry on either side.
    :raises NotFinished: the base is not in this clone.
    """
    with opened_change(start, base=base, head=head) as change:
        inquiry = replace(inquiry, everything=inquiry.everything or change.everything)
        return judge_against(
            change.repository, change.reader, change.base, change.head, inquiry, reason=change.base_reason
        )


def validate_commit(start: Path, inquiry: Inquiry = ALL_AT_HAND, *, head: str) -> Judgement:
    """Judge all that one commit holds, by its own policy; the repository may be a bare one.

    :raises UsageError: the revision is not one, or there is no registry in it.
    """
    repository = Repository.at(start)
    with repository.reading() as reader:
        snapshot = repository.commit(reader, commit_of(reader, head))
        if not snapshot.exists:
            raise UsageError(f"{head} holds no registry", hint=how_to_found(repository))
        at_hand, moment = _at_hand(repository, inquiry), _moment(reader, snapshot)
        survey = _survey(reader, inquiry)
        judgement = judge(snapshot, snapshot.version_ids, artifacts=at_hand, moment=moment, survey=survey)
        judgement = replace(judgement, subject=Subject.COMMIT, base_reason="by itself")
        return _asked(judgement, repository, snapshot, snapshot, inquiry, moment=moment)


def judge_against(
    repository: Repository, reader: ObjectReader, base: Snapshot, head: Snapshot, inquiry: Inquiry, *, reason: str
) -> Judgement:
    """Judge a commit or the index of a repository against a base.

    :param reason: why that is the base, as a phrase.
    """
    moment = _moment(reader, head)
    judgement = judge_change(
        base,
        head,
        # Where nothing was there before, it is the head that brings the history as well as the policy.
        past=past_of(reader, base.tree.commit or head.tree.commit, cached=inquiry.cached),
        artifacts=_at_hand(repository, inquiry),
        moment=moment,
        everything=inquiry.everything,
        maker=find_maker(base, head.tree.commit, reader, named=inquiry.actor),
        survey=_survey(reader, inquiry) if inquiry.everything else None,
    )
    subject = Subject.COMMIT if head.tree.commit else Subject.INDEX
    if subject is Subject.INDEX and base.tree.commit is None:
        reason = _FIRST
    judgement = replace(judgement, subject=subject, base_reason=reason)
    return _asked(judgement, repository, base, head, inquiry, moment=moment)


def _validate_range(start: Path, old: str, new: str, inquiry: Inquiry) -> Judgement:
    checkout = Checkout.at(start)
    with checkout.reading() as reader:
        old_id, new_id = reader.commit_id(old), reader.commit_id(new)
        # What the range changes is counted from where the two parted, as pre-commit itself does.
        base_id = merge_base(checkout.location, old_id, new_id) or old_id
        before, after = checkout.commit(reader, base_id), checkout.commit(reader, new_id)
        reason = "where the range that pre-commit names begins"
        return judge_against(checkout, reader, before, after, inquiry, reason=reason)


def _survey(reader: ObjectReader, inquiry: Inquiry) -> Survey:
    # A hook on one version needs none of it.
    from modelyard.api.surveying import GitSurvey

    return GitSurvey(reader, cached=inquiry.cached)


def _moment(reader: ObjectReader, head: Snapshot) -> datetime:
    # A commit is judged by its own date, so that the verdict on it is the same for ever.
    return reader.commit(head.tree.commit).committed_at if head.tree.commit else now()


def _at_hand(repository: Repository, inquiry: Inquiry) -> ArtifactBytes | None:
    if not inquiry.artifacts:
        return None
    return ArtifactsAtHand(Checkout(repository.location) if repository.location.work_tree else None)


def _asked(
    judgement: Judgement,
    repository: Repository,
    base: Snapshot,
    head: Snapshot,
    inquiry: Inquiry,
    *,
    moment: datetime,
) -> Judgement:
    if inquiry.asking is None:
        return judgement
    if repository.location.work_tree is None:
        raise UsageError("a bare repository has no settings of a remote", hint="validate --remote in a clone of it")
    from modelyard.api.asking_remotes import asked

    checkout = Checkout(repository.location)
    return asked(judgement, checkout, head=head, base=base, moment=moment, asking=inquiry.asking)
