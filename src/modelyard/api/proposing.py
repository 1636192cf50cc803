"""Edits become a proposal: files of the work tree, or one commit on a branch of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.workspace import commit_to_new_branch

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.api.checkout import Checkout
    from modelyard.lifecycle.edits import Edits

__all__ = ["propose"]


def propose(
    checkout: Checkout,
    edits: Edits,
    *,
    branch: str | None,
    fresh: tuple[str, ...] = (),
    check: Callable[[], None] | None = None,
) -> str | None:
    """Write the edits, all or none, and return the id of the commit where there is one.

    :param branch: a new branch for one commit on top of HEAD; work tree, index and HEAD are not
        touched then. None writes into the work tree.
    :param fresh: directories that must not be in the work tree yet.
    :param check: as for :meth:`modelyard.proposals.transaction.WorkTreeWriter.write`.
    :raises Refused: the branch, or such a directory, exists already.
    """
    if branch is None:
        checkout.writer().write(edits.files, fresh=fresh, removed=edits.removed, check=check)
        return None
    return commit_to_new_branch(checkout.location, branch=branch, files=edits.changes, message=edits.message)
