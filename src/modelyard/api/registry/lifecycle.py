"""What becomes of versions and models: nobody's choice, gone, or somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.registry.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.api.changing import Proposed

__all__ = ["Lifecycle"]


class Lifecycle(Opened):
    """A registry whose versions and models age."""

    def yank(
        self, *versions: str, reason: str, undo: bool = False, branch: str | None = None, dry_run: bool = False
    ) -> Proposed:
        """Let nobody choose versions, ``name@version``, any more; or let them be chosen again.

        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: a stage serves one, or there is nothing to undo.
        """
        from modelyard.api.describing import yank_versions
        from modelyard.names import VersionId

        version_ids = tuple(map(VersionId.parse, versions))
        return yank_versions(self._checkout(), version_ids, reason=reason, undo=undo, branch=branch, dry_run=dry_run)

    def deprecate(
        self,
        *names: str,
        reason: str,
        replacement: str | None = None,
        undo: bool = False,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Say that models should no longer be chosen, and what to use instead; or take that back.

        :param names: models, or patterns of names; all in one change.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: one says so already, or there is nothing to undo.
        """
        from modelyard.api.describing import deprecate_models
        from modelyard.names import parse_model_name

        return deprecate_models(
            self._checkout(),
            names,
            reason=reason,
            replacement=parse_model_name(replacement) if replacement is not None else None,
            undo=undo,
            branch=branch,
            dry_run=dry_run,
        )

    def retire(self, *versions: str, reason: str, branch: str | None = None, dry_run: bool = False) -> Proposed:
        """Take versions, ``name@version``, out of the registry for good; tombstones and their figures stay.

        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: a stage serves one, the policy keeps one, or a version that stays was made from one.
        """
        from modelyard.api.retiring import retire_versions
        from modelyard.names import VersionId

        version_ids = tuple(map(VersionId.parse, versions))
        return retire_versions(self._checkout(), version_ids, reason, branch=branch, dry_run=dry_run)

    def retire_by_policy(
        self, *names: str, reason: str | None = None, branch: str | None = None, dry_run: bool = True
    ) -> Proposed:
        """Retire what the policy's ``retention`` lets go of all models, or of those that the names say.

        :param names: names, or patterns of names.
        :param branch: as for :meth:`promote`.
        :param dry_run: whether to plan only; it has to be turned off to write.
        """
        from modelyard.api.retiring import BEYOND_POLICY, retire_by_policy

        return retire_by_policy(self._checkout(), names, reason or BEYOND_POLICY, branch=branch, dry_run=dry_run)

    def transfer(
        self,
        *names: str,
        to: Sequence[str],
        reason: str | None = None,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Give models other owners, in the place of those that they have.

        :param names: as for :meth:`deprecate`.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: these are the owners of one already.
        """
        from modelyard.api.describing import transfer_models

        return transfer_models(self._checkout(), names, to, reason=reason, branch=branch, dry_run=dry_run)
