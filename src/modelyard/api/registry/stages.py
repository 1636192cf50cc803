"""Stages: what serves, by which decision, and how that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.registry.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.api.changing import Proposed
    from modelyard.api.deciding import Decision
    from modelyard.review.review import Review

__all__ = ["Stages"]


class Stages(Opened):
    """A registry whose versions come into stages and leave them."""

    def review(self, *, base: str = "auto", head: str = "HEAD") -> Review:
        """Judge a change of the clone, and tell what it does and what there is to hold it against.

        :param base: a revision, or ``auto`` for the commit that the change starts from.
        :raises UsageError: a revision is not one.
        :raises NotFinished: the base is not in the clone.
        """
        from modelyard.api.reviewing import review_change

        return review_change(self._checkout().root, base=base, head=head)

    def decision(self, reference: str, *, head: str = "HEAD") -> Decision:
        """Return what a model in a stage, ``name@stage``, was decided on, computed again from the same commits.

        :param head: a revision; the history that ends there is read.
        :raises UsageError: the reference names no stage, or the model is not in it.
        """
        from modelyard.api.deciding import find_decision

        return find_decision(self._checkout(), reference, head=head)

    def promote(
        self,
        *versions: str,
        to: str,
        all_in: str | None = None,
        traffic: Mapping[str, int] | None = None,
        reason: str | None = None,
        release_hold: bool = False,
        if_better: bool = False,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Put versions into a stage in one change, once its gate has passed.

        :param versions: references such as ``fraud@1.2.0``, also with a pattern for a name: ``fraud-*@staging``.
        :param all_in: a stage all of whose models are meant; ``versions`` are then names that narrow them.
        :param traffic: percent by version; what the others leave is for the version promoted.
        :param release_hold: whether a version that the stage holds back is let in again.
        :param if_better: whether only those are meant that are shown to be better than what the stage has now; where
            none is, or the gate refuses it, nothing is written and the answer has no deeds.
        :param branch: a new branch for one commit, ``""`` for one of the usual name, ``HEAD`` for a commit on the
            branch that is checked out; the work tree alone without it.
        :param dry_run: whether to plan and judge, and write nothing.
        :raises Refused: the gate refuses it; nothing was written.
        """
        from modelyard.api.promoting import Wish, promote_versions

        wish = Wish(
            words=versions,
            to=to,
            all_in=all_in,
            reason=reason,
            traffic=traffic or {},
            release_hold=release_hold,
            if_better=if_better,
        )
        return promote_versions(self._checkout(), wish, branch=branch, dry_run=dry_run)

    def rollback(
        self,
        *names: str,
        stage: str,
        reason: str,
        to: str | None = None,
        hold: bool = True,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Let a stage return to the version of a model that served before, or to a named one that once did.

        :param names: models, or patterns of names, which mean those in the stage; all in one change.
        :param hold: whether what is rolled back is held, so that nobody promotes it again by accident.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: nothing served before, or the gate refuses what did.
        :raises NotFinished: the version's bytes are not to be had.
        """
        from modelyard.api.stepping_back import roll_back_stage
        from modelyard.lifecycle.rollback import RollbackRequest
        from modelyard.names import Version

        version = Version.parse(to) if to is not None else None
        return roll_back_stage(
            self._checkout(),
            names,
            lambda name: RollbackRequest(name=name, stage=stage, reason=reason, to=version, hold=hold),
            stage=stage,
            branch=branch,
            dry_run=dry_run,
        )

    def demote(
        self,
        *names: str,
        stage: str,
        to: str | None = None,
        reason: str | None = None,
        forget_holds: bool = False,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Take models out of a stage, or let the stage mean another version of one.

        :param names: as for :meth:`rollback`.
        :param forget_holds: whether a model may leave a stage that holds versions of it back.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: a model is not in the stage, or the gate refuses the version.
        """
        from modelyard.api.stepping_back import demote_models
        from modelyard.lifecycle.demote import DemotionRequest
        from modelyard.names import Version

        version = Version.parse(to) if to is not None else None
        return demote_models(
            self._checkout(),
            names,
            lambda name: DemotionRequest(name=name, stage=stage, to=version, reason=reason, forget_holds=forget_holds),
            stage=stage,
            branch=branch,
            dry_run=dry_run,
        )
