"""What guards a registry on its forge: code owners, and the protection of its branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.registry.opened import Opened

if TYPE_CHECKING:
    from modelyard.api.changing import Proposed
    from modelyard.api.protecting import Guarded
    from modelyard.codeowners import CodeOwners

__all__ = ["Guards"]


class Guards(Opened):
    """A registry on a forge."""

    def code_owners(self, file: str | None = None) -> CodeOwners:
        """Return the file of code owners of the last commit, and what the registry wants it to hold.

        :param file: its path; without it the one that has a block, or the first that exists.
        :raises UsageError: the policy is broken, or no forge looks for the file there.
        :raises Refused: the marks in the file are not a pair.
        """
        from modelyard.api.owning import code_owners_of

        return code_owners_of(self._clone("has code owners"), file)

    def write_code_owners(
        self, file: str | None = None, *, branch: str | None = None, dry_run: bool = False
    ) -> Proposed | None:
        """Bring the file of code owners up to date; None where it is.

        :param file: as for :meth:`code_owners`.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        """
        from modelyard.api.owning import code_owners_of, write_code_owners

        owners = code_owners_of(self._clone("has code owners"), file)
        return write_code_owners(self._checkout(), owners, branch=branch, dry_run=dry_run) if owners.stale else None

    def check_protection(self, *, gate: str | None = None, branch: str | None = None) -> Guarded:
        """Ask the forge how it protects a branch, and return what of that the policy needs and is missing.

        :param gate: the name of the check that runs the gate; without it that of the workflow that :meth:`init` writes.
        :param branch: the branch; without it the one that the forge merges into by default.
        :raises UsageError: there is no forge behind the remote, or no token or library for it.
        :raises NotFinished: the forge cannot be reached, or does not let the token see anything.
        """
        from modelyard.api.protecting import GATE, check_protection

        return check_protection(
            self._clone("has a forge"), gate=gate or GATE, branch=branch, tell=self._tell or (lambda _sentence: None)
        )
