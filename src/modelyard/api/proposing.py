"""Edits become a proposal: files of the work tree, or one commit on a branch of its own, and a request for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.workspace import commit_to_new_branch
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.api.checkout import Checkout
    from modelyard.api.publishing import Published
    from modelyard.lifecycle.edits import Edits
    from modelyard.rules.judgement import Judgement

__all__ = ["Proposal", "propose"]


@dataclass(frozen=True)
class Proposal:
    """Where edits are now.

    :param branch: the branch that holds them in one commit, None where they lie in the work tree.
    :param published: where that branch went, None where nobody asked for it.
    """

    branch: str | None = None
    commit: str | None = None
    published: Published | None = None


def propose(
    checkout: Checkout,
    edits: Edits,
    judgement: Judgement,
    *,
    branch: str | None,
    fresh: tuple[str, ...] = (),
) -> Proposal:
    """Write the edits, all or none, and say where they are.

    :param judgement: what the gate says of them.
    :param branch: a new branch for one commit on top of HEAD; work tree, index and HEAD are not
        touched then. ``""`` for the edits' own name for it. None writes into the work tree, unless the
        checkout has a publisher: then a branch that makes the same change already is taken, and published.
    :param fresh: directories that must not be in the work tree yet.
    :raises Refused: the branch, or such a directory, exists already, or a request for it was closed.
    :raises NotFinished: the remote or the forge could not be reached; the branch stays.
    """
    publisher = checkout.publisher
    if branch is None and publisher is None:
        checkout.writer().write(edits.files, fresh=fresh, removed=edits.removed)
        return Proposal()
    name = branch or edits.branch
    commit = publisher.standing(edits, name) if publisher else None
    if commit is None:
        commit = commit_to_new_branch(checkout.location, branch=name, files=edits.changes, message=edits.message)
    if publisher is None:
        return Proposal(name, commit)
    return Proposal(name, commit, publisher.publish(edits, judgement.problems, branch=name, commit=commit))
