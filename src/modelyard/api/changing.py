"""A change of the registry: planned from the last commit, judged by the gate, and only then written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.artifacts_at_hand import ArtifactsAtHand
from modelyard.api.clock import now
from modelyard.api.past import CommittedPast
from modelyard.api.proposing import propose
from modelyard.api.refusing import GateRefused
from modelyard.errors import Refused
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.evidence import with_evidence
from modelyard.rules.engine import judge_change
from modelyard.rules.judgement import Judgement
from modelyard.snapshot import Snapshot
from modelyard.tree import OverlayTree
from modelyard.tree.entries import directory_id
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.api.checkout import Checkout
    from modelyard.api.publishing import Published
    from modelyard.git.objects import ObjectReader
    from modelyard.tree import Tree

__all__ = ["NothingToDo", "Proposed", "change", "require_unchanged"]


class NothingToDo(Exception):
    """A plan finds nothing to change, and that is fine.

    :param title: the title that a change would have had.
    """

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title


@dataclass(frozen=True)
class Proposed:
    """What came of a change.

    :param edits: what it writes and removes, with its title, and its deeds one by one.
    :param judgement: what the gate says of it.
    :param written: whether it was written; False of a plan.
    :param branch: the branch that holds it in one commit, None where it lies in the work tree.
    :param commit: that commit.
    :param published: where that branch went, None where nobody asked for it.
    :param left_out: what a pattern met and the change leaves alone, a sentence each.
    :param remarks: what else somebody should know, a sentence each.
    :param stood: whether the branch made the same change before.
    """

    edits: Edits
    judgement: Judgement
    written: bool
    branch: str | None = None
    commit: str | None = None
    published: Published | None = None
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    stood: bool = False


def change(
    checkout: Checkout,
    plan: Callable[[Snapshot, ObjectReader], Edits],
    *,
    branch: str | None = None,
    dry_run: bool = False,
) -> Proposed:
    """Plan a change of the last commit, judge it by that commit's policy, and write it: all of it, or nothing.

    :param plan: what makes the edits; all that it raises is raised here, but for :class:`NothingToDo`: then nothing
        is written, and the answer has no deeds.
    :param branch: a new branch, ``""`` for one of the usual name, ``HEAD`` for a commit on the branch that is
        checked out, None for the work tree alone, where the checkout has no publisher.
    :param dry_run: whether nothing shall be written.
    :raises UsageError: there is no registry.
    :raises Refused: the gate refuses it, the branch exists, or what it touches has changes that are not committed.
    """
    with checkout.reading() as reader:
        base = checkout.require_registry(checkout.commit(reader))
        try:
            edits = with_evidence(plan(base, reader), base)
        except NothingToDo as nothing:
            return Proposed(Edits({}, title=nothing.title, branch=""), Judgement((), ()), written=False)
        head = Snapshot(OverlayTree(base.tree, edits.changes))
        commit_id = reader.commit_id("HEAD")
        past = CommittedPast(reader, commit_id)
        judgement = judge_change(base, head, past=past, artifacts=ArtifactsAtHand(checkout), moment=now())
        if judgement.refused:
            raise GateRefused(_subject(edits), judgement)
        if dry_run:
            return Proposed(edits, judgement, written=False)
        placed = propose(
            checkout,
            edits,
            judgement,
            branch=branch,
            base=commit_id,
            check=lambda: require_unchanged(checkout, base, head, edits),
            reader=reader,
        )
    return Proposed(
        edits,
        judgement,
        written=True,
        branch=placed.branch,
        commit=placed.commit,
        published=placed.published,
        stood=placed.stood,
    )


def require_unchanged(checkout: Checkout, base: Snapshot, head: Snapshot, edits: Edits) -> None:
    """Make sure that writing loses nothing that somebody has not committed yet.

    :raises Refused: it would.
    """
    trees: dict[str, Tree] = {}
    for path in edits.changes:
        # What stands there already, as it shall, was written by this command before it was killed.
        if _id_here(path, checkout, trees) not in (None, base.tree.id(path), head.tree.id(path)):
            raise Refused(
                f"{path} has changes that are not committed", hint=f"git stash push --include-untracked -- {path}"
            )


def _id_here(path: str, checkout: Checkout, trees: dict[str, Tree]) -> str | None:
    """Return the id of what the work tree has at a path.

    :param trees: the work tree by where we look; what Git ignores elsewhere is dear to ask, and nobody needs it.
    """
    place = checkout.root / path
    is_directory = place.is_dir() and not place.is_symlink()
    scope = path if is_directory else path.rpartition("/")[0]
    tree = trees.setdefault(scope, checkout.work_tree(scope=scope).tree)
    return directory_id(tree, path) if is_directory else tree.id(path)


def _subject(edits: Edits) -> str:
    """Return what the gate refuses: the one version in its stage, else what the title says."""
    if len(edits.deeds) == 1 and edits.deeds[0].version and edits.deeds[0].stage:
        deed = edits.deeds[0]
        return f"{deed.name}@{deed.version} in {deed.stage}"
    return repr(edits.title)
