"""What came before a commit, as far as a clone holds it, and what to fetch where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from modelyard.errors import NotFinished, UsageError
from modelyard.git.history import is_on_first_parents, merge_base
from modelyard.git.references import default_branch
from modelyard.git.revisions import require_branch
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.git.formats import Algorithm
    from modelyard.git.location import Location
    from modelyard.git.objects import ObjectReader

__all__ = ["Ancestry", "Base"]

_NAME_IT = "name a revision: --base REV"


@dataclass(frozen=True)
class Base:
    """What a change is judged against.

    :param commit: its full id, None where nothing was there before.
    :param reason: why it is the base, as a phrase.
    :param everything: whether the head brings no change, so that all of it has to be judged.
    """

    commit: str | None
    reason: str
    everything: bool = False


@final
class Ancestry:
    """The history behind one commit.

    :param head: the commit's full id.
    :param setting: how a CI service is told how many commits to fetch, with ``{}`` for the number.
    """

    def __init__(self, location: Location, reader: ObjectReader, head: str, *, setting: str | None = None) -> None:
        self.head = head
        self._location = location
        self._reader = reader
        self._setting = setting

    @property
    def algorithm(self) -> Algorithm:
        """The hash that ids are made with here."""
        return self._location.algorithm

    @property
    def parents(self) -> tuple[str, ...]:
        """The head's parents, fetched or not."""
        return self._reader.commit(self.head).parents

    def first_parent(self) -> str:
        """Return the head's first parent.

        :raises NotFinished: it was not fetched.
        """
        parent = self.parents[0]
        if self._reader.finds(parent):
            return parent
        raise self._cut_off(f"the base {parent[:12]} is not in this shallow clone", "git fetch --deepen=1", depth=2)

    def held(self, commit: str, what: str, *, depth: int | None = None) -> str:
        """Return a commit that something else named by its full id.

        :param what: what it is, for the message.
        :param depth: how many commits have to be fetched for it to be among them, where that is known.
        :raises NotFinished: it was not fetched.
        """
        if self._reader.finds(commit):
            return commit
        message = f"{what} {commit[:12]} is not in this clone"
        if self._location.is_shallow:
            raise self._cut_off(message, f"git fetch --depth=1 origin {commit}", depth=depth)
        raise NotFinished(message, hint=f"git fetch origin {commit}")

    def fork(self, tip: str, name: str, *, strict: bool = False) -> str:
        """Return where the head and the tip of a branch parted.

        :param name: what the branch is called, for messages.
        :param strict: whether only a commit will do that the branch itself has been at. A branch that was
            merged into it holds others, which nobody has judged.
        :raises UsageError: they never met, or they parted at no such commit.
        :raises NotFinished: the clone's history is cut off before the answer.
        """
        try:
            found = merge_base(self._location, self.head, tip)
        except NotFinished as error:
            raise self._cut_off(error.message, "git fetch --unshallow") from error
        if found is None:
            raise UsageError(f"{name} and the change share no history", hint=_NAME_IT)
        if strict and not is_on_first_parents(self._location, found, tip):
            raise UsageError(
                f"the change leaves {name} at {found[:12]}, where {name} itself has never been",
                hint=f"merge {name} into the change: git merge {tip}",
            )
        return found

    def since_branching(self, branch: str | None = None) -> Base:
        """Return where the head left the main branch, or on that branch the commit before.

        :param branch: the main branch's name on ``origin``; without it the likely one is taken.
        :raises UsageError: there is no main branch to compare with, or none in common.
        :raises NotFinished: the clone's history is cut off before the answer.
        """
        reference = self._tracked(branch) if branch else self._likely()
        name = reference.removeprefix("refs/heads/").removeprefix("refs/remotes/")
        if not self._reader.finds(reference):
            raise NotFinished(f"the commit that {name} names is missing from the repository", hint="git fsck")
        found = self.fork(self._reader.commit_id(reference), name)
        if found != self.head:
            return Base(found, f"the merge base with {name}")
        if not self.parents:
            return Base(None, "nothing was there before the first commit")
        return Base(self.first_parent(), f"the commit before, since {name} holds this one")

    def _likely(self) -> str:
        reference = default_branch(self._location)
        if reference is None:
            raise UsageError("there is no main branch to compare with", hint=_NAME_IT)
        return reference

    def _tracked(self, branch: str) -> str:
        reference = f"refs/remotes/origin/{require_branch(branch)}"
        if not self._reader.finds(reference):
            unshallow = "--unshallow " if self._location.is_shallow else ""
            command = f"git fetch {unshallow}origin +refs/heads/{branch}:{reference}"
            raise self._cut_off(f"the branch origin/{branch} is not in this clone", command)
        return reference

    def _cut_off(self, message: str, command: str, *, depth: int | None = None) -> NotFinished:
        setting = f"set {self._setting.format(depth or 0)} for the checkout, or " if self._setting else ""
        return NotFinished(message, hint=f"{setting}{command}")
