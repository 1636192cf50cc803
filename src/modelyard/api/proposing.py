"""Edits in the work tree, in one commit on the branch that is checked out, or in one on a new branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.advancing import advance, current_branch
from modelyard.git.workspace import commit_to_new_branch, write_commit
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.api.checkout import Checkout
    from modelyard.lifecycle.edits import Edits

__all__ = ["HERE", "Place", "propose"]

HERE = "HEAD"
"""What stands for the branch that is checked out, where a branch is asked for; Git takes no branch of this name."""


@dataclass(frozen=True)
class Place:
    """Where edits are now.

    :param branch: the branch that holds them in one commit, None where they lie in the work tree.
    :param commit: that commit.
    """

    branch: str | None = None
    commit: str | None = None


def propose(
    checkout: Checkout,
    edits: Edits,
    *,
    branch: str | None,
    base: str = "HEAD",
    fresh: tuple[str, ...] = (),
    check: Callable[[], None] | None = None,
) -> Place:
    """Write the edits, all or none, and return where they are.

    :param branch: a new branch for one commit on top of the base; work tree, index and HEAD are not
        touched then. ``HEAD`` for the branch that is checked out, whose work tree gets them as well. None writes
        into the work tree alone.
    :param base: the commit that the edits were made for.
    :param fresh: directories that must not be in the work tree yet.
    :param check: as for :meth:`modelyard.proposals.transaction.WorkTreeWriter.write`.
    :raises Refused: the branch, or such a directory, exists already; or no branch is checked out, or it moved.
    """
    place, seal = Place(), None
    if branch == HERE:
        place, seal = _here(checkout, edits, base)
    elif branch is not None:
        return Place(branch, _on_branch(checkout, edits, branch, base))
    checkout.writer().write(edits.files, fresh=fresh, removed=edits.removed, check=check, seal=seal)
    return place


def _on_branch(checkout: Checkout, edits: Edits, branch: str, base: str) -> str:
    return commit_to_new_branch(checkout.location, branch=branch, files=edits.changes, message=edits.message, base=base)


def _here(checkout: Checkout, edits: Edits, base: str) -> tuple[Place, Callable[[], None]]:
    """Return a commit on top of the branch that is checked out, and what moves that branch to it."""
    location = checkout.location
    current = current_branch(location)
    made = write_commit(location, files=edits.changes, message=edits.message, base=base)
    return Place(current, made), lambda: advance(
        location, tuple(edits.changes), old=base, new=made, subject=edits.title
    )
