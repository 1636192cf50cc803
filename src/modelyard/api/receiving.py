"""A push to a Git server, judged before the server takes it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from modelyard.api.repository import Repository
from modelyard.api.validating_changes import ALL_AT_HAND, judge_against
from modelyard.errors import Refused, UsageError
from modelyard.git.formats import zero_id
from modelyard.git.history import first_parent_changes, is_ancestor, is_on_first_parents, merge_base
from modelyard.git.location import RECEIVE_HOOK
from modelyard.git.references import served_branch
from modelyard.git.revisions import is_full_id, require_branch
from modelyard.snapshot import STAGES
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from modelyard.git.formats import Algorithm
    from modelyard.git.objects import ObjectReader
    from modelyard.rules.judgement import Judgement

__all__ = ["Update", "judge_push", "parse_updates", "repository_of_hook"]

_HEADS = "refs/heads/"


@dataclass(frozen=True)
class Update:
    """One reference that a push moves.

    :param old: full id of what it is at, None where it is not there yet.
    :param new: full id of what it shall be at, None where it is deleted.
    """

    old: str | None
    new: str | None
    reference: str

    @property
    def branch(self) -> str | None:
        """The branch's name, None for a tag and anything else."""
        return self.reference.removeprefix(_HEADS) if self.reference.startswith(_HEADS) else None


def parse_updates(text: str, algorithm: Algorithm) -> tuple[Update, ...]:
    """Return what Git says to a pre-receive hook on standard input: a line ``old new reference`` for each update.

    :raises UsageError: a line is not of that form.
    """
    return tuple(_parse(line, algorithm) for line in text.split("\n")[:-1])


def _parse(line: str, algorithm: Algorithm) -> Update:
    old, _, rest = line.partition(" ")
    new, _, reference = rest.partition(" ")
    none = zero_id(algorithm)
    if not reference or not all(found == none or is_full_id(found, algorithm) for found in (old, new)):
        raise UsageError(
            f"{line!r} is not what Git says to a pre-receive hook",
            hint="call it from hooks/pre-receive of the repository: exec modelyard hook pre-receive",
        )
    return Update(None if old == none else old, None if new == none else new, reference)


def judge_push(
    repository: Repository, updates: Iterable[Update], *, patterns: Iterable[str] = (), rewrites: bool = False
) -> Iterator[Judgement | Refused]:
    """Yield a verdict for each update of a protected branch; of other references nothing is said.

    An update is judged as one change, from what the branch is at to what it shall be at, by the
    policy of what it is at: what the branch is at afterwards is the promise, not each commit on the way.
    Only promotions are pushed one by one, since the next one may ask what has been in a stage before.
    A branch that is not there yet starts from the default branch, or founds the registry where
    there is none.

    :param patterns: which branches are protected; ``*`` stands for any characters. The default branch alone
        unless given.
    :param rewrites: whether history may be rewritten, so that commits of the branch are lost.
    :raises UsageError: no branch is protected, or a policy is broken.
    :raises NotFinished: an object is missing.
    """
    protected = _protected(repository, tuple(patterns))
    with repository.reading() as reader:
        for update in updates:
            if update.branch is not None and any(fnmatchcase(update.branch, pattern) for pattern in protected):
                yield _verdict(repository, reader, update, rewrites=rewrites)


def repository_of_hook(directory: Path) -> Repository:
    """Return the repository that a hook is run in, with the objects of the push that wait in quarantine.

    :raises UsageError: there is none.
    """
    return Repository.at(directory, keep=RECEIVE_HOOK)


def _protected(repository: Repository, patterns: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in patterns:
        if pattern.startswith("refs/"):
            raise UsageError(
                f"{pattern!r} is a reference, not a branch", hint=f"--branch '{pattern.removeprefix(_HEADS)}'"
            )
        require_branch(pattern.replace("*", "x"))
    served = served_branch(repository.location)
    if not patterns and served is None:
        raise UsageError("HEAD of this repository names no branch to protect", hint="name it: --branch main")
    return patterns or (str(served).removeprefix(_HEADS),)


def _verdict(repository: Repository, reader: ObjectReader, update: Update, *, rewrites: bool) -> Judgement | Refused:
    name = str(update.branch)
    if update.new is None:
        return Refused(f"{name} is protected, it cannot be deleted", hint="push another branch, and leave this one")
    if update.old is None:
        return _new_branch(repository, reader, name, update.new)
    if not rewrites and not is_ancestor(repository.location, update.old, update.new):
        return Refused(
            f"the push rewrites {name}: {update.old[:12]}, where it is now, would be lost",
            hint="fetch, then merge or rebase onto it: git pull --rebase, and push without --force",
        )
    promotions = first_parent_changes(repository.location, update.old, update.new, STAGES)
    if len(promotions) > 1:
        # To have been in a stage is to have been there on the branch's own way, so no step may go by unjudged.
        return Refused(
            f"the push changes stages in {len(promotions)} commits of {name}, and each has to be judged",
            hint=f"push them one at a time: git push origin {promotions[0]}:{name}",
        )
    return _judged(repository, reader, update.old, update.new, reason=f"where {name} is before the push")


def _new_branch(repository: Repository, reader: ObjectReader, name: str, new: str) -> Judgement | Refused:
    default = served_branch(repository.location)
    if default is None or default == f"{_HEADS}{name}" or not reader.finds(default):
        return _judged(repository, reader, None, new, reason=f"{name} is not there before the push")
    start, main = reader.commit_id(default), default.removeprefix(_HEADS)
    fork = merge_base(repository.location, new, start)
    if fork is None or not is_on_first_parents(repository.location, fork, start):
        return Refused(
            f"{name} is protected, and does not start from a commit that {main} has been at",
            hint=f"start it there: git switch --create {name} origin/{main}",
        )
    return _judged(repository, reader, fork, new, reason=f"where {name} leaves {main}")


def _judged(repository: Repository, reader: ObjectReader, old: str | None, new: str, *, reason: str) -> Judgement:
    base = repository.commit(reader, old) if old else repository.nothing()
    return judge_against(repository, reader, base, repository.commit(reader, new), ALL_AT_HAND, reason=reason)
