"""Edits become a proposal: files of the work tree, or one commit on a branch, and a request for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import Refused, UsageError
from modelyard.git.advancing import advance, current_branch
from modelyard.git.workspace import branch_tip, commit_to_new_branch, makes, write_commit
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.api.checkout import Checkout
    from modelyard.api.publishing import Published
    from modelyard.git.objects import ObjectReader
    from modelyard.lifecycle.edits import Edits
    from modelyard.rules.judgement import Judgement

__all__ = ["HERE", "Proposal", "propose"]

HERE = "HEAD"
"""What stands for the branch that is checked out, where a branch is asked for; Git takes no branch of this name."""


@dataclass(frozen=True)
class Proposal:
    """Where edits are now.

    :param branch: the branch that holds them in one commit, None where they lie in the work tree.
    :param published: where that branch went, None where nobody asked for it.
    :param stood: whether the branch made the same change before.
    """

    branch: str | None = None
    commit: str | None = None
    published: Published | None = None
    stood: bool = False


def propose(
    checkout: Checkout,
    edits: Edits,
    judgement: Judgement,
    *,
    branch: str | None,
    base: str = "HEAD",
    fresh: tuple[str, ...] = (),
    check: Callable[[], None] | None = None,
    reader: ObjectReader | None = None,
) -> Proposal:
    """Write the edits, all or none, and say where they are.

    :param judgement: what the gate says of them.
    :param branch: a new branch for one commit on top of the base, or one that makes the same change already; work
        tree, index and HEAD are not touched then. ``""`` for the edits' own name for it. ``HEAD`` for the branch that
        is checked out, whose work tree and index get them as well. None writes into the work tree, unless the checkout
        has a publisher: then a branch is taken, and published.
    :param base: the commit that the edits were made for.
    :param fresh: directories that must not be in the work tree yet.
    :param check: as for :meth:`modelyard.proposals.transaction.WorkTreeWriter.write`.
    :param reader: one that is open on the repository's objects, and has read some of the base.
    :raises Refused: the branch, or such a directory, exists already, or a request for it was closed; no branch is
        checked out, or it has moved.
    :raises UsageError: the branch that is checked out shall be published.
    :raises NotFinished: the remote or the forge could not be reached; the branch stays.
    """
    publisher = checkout.publisher
    if branch is None and publisher is None:
        checkout.writer().write(edits.files, fresh=fresh, removed=edits.removed, check=check)
        return Proposal()
    if branch == HERE:
        return _commit_here(checkout, edits, base, fresh, check, reader)
    name = branch or edits.branch
    commit = publisher.standing(edits, name) if publisher else None
    stood = commit is not None
    if commit is None:
        commit, stood = _committed(checkout, edits, name, base)
    published = publisher.publish(edits, judgement.problems, branch=name, commit=commit) if publisher else None
    return Proposal(name, commit, published, stood)


def _committed(checkout: Checkout, edits: Edits, branch: str, base: str) -> tuple[str, bool]:
    """Return the commit that makes the change on a branch, and whether it stood there before."""
    location, changes = checkout.location, edits.changes
    try:
        return commit_to_new_branch(location, branch=branch, files=changes, message=edits.message, base=base), False
    except Refused:
        # Whoever runs the same command again has what it asked for.
        tip = branch_tip(location, branch)
        if tip is None or not makes(location, tip, changes):
            raise
        return tip, True


def _commit_here(
    checkout: Checkout,
    edits: Edits,
    base: str,
    fresh: tuple[str, ...],
    check: Callable[[], None] | None,
    reader: ObjectReader | None,
) -> Proposal:
    if checkout.publisher:
        raise UsageError("a pull request takes a branch of its own", hint="leave out --commit, or --pr")
    location = checkout.location
    current = current_branch(location)
    commit = write_commit(location, files=edits.changes, message=edits.message, base=base, reader=reader)
    checkout.writer().write(
        edits.files,
        fresh=fresh,
        removed=edits.removed,
        check=check,
        seal=lambda: advance(location, tuple(edits.changes), old=base, new=commit, subject=edits.title),
    )
    return Proposal(current, commit)
