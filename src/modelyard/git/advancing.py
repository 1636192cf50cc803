"""The branch that is checked out moves to a commit whose files stand in the work tree already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, Refused
from modelyard.git.failures import GitFailed
from modelyard.git.formats import zero_id
from modelyard.git.index import staged_changes
from modelyard.git.references import served_branch
from modelyard.git.writing import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.git.location import Location

__all__ = ["advance", "current_branch"]


def current_branch(location: Location) -> str:
    """Return the name of the branch that is checked out.

    :raises Refused: there is none, so that a commit would belong to no branch.
    """
    reference = served_branch(location)
    if reference is None:
        raise Refused("no branch is checked out", hint="git switch BRANCH, or --branch for a new one")
    return reference.removeprefix("refs/heads/")


def advance(location: Location, paths: Sequence[str], *, old: str, new: str, subject: str) -> None:
    """Move the branch from one commit to the other, and what the index holds at the paths with it.

    The rest of the index stays as it is. No hook of a commit runs. Where it fails, the index is as it was.

    :param paths: files and directories that the commits differ in; the work tree holds them as the new one does.
    :raises Refused: something else is staged there, or the branch stands at another commit meanwhile.
    :raises UsageError: a merge is not finished.
    :raises NotFinished: the index cannot be written.
    """
    _require_not_staged(location, paths, old=old, new=new)
    try:
        _stage(location, new, paths)
    except GitFailed as error:
        raise NotFinished(f"the index cannot be written: {error.complaint}", hint="git status") from error
    try:
        write(location, "update-ref", "-m", f"commit: {subject}", "HEAD", new, old)
    except GitFailed as error:
        _stage(location, old, paths)
        raise Refused("the branch that is checked out has moved meanwhile", hint="the same command again") from error


def _require_not_staged(location: Location, paths: Sequence[str], *, old: str, new: str) -> None:
    found = staged_changes(location, old)
    touched = [staged for staged in found if any(f"{staged}/".startswith(f"{path}/") for path in paths)]
    # What is staged as the new commit has it was staged by this command before it was killed.
    foreign = set(touched) & staged_changes(location, new).keys() if touched else set()
    if foreign:
        staged = min(foreign)
        raise Refused(f"{staged} has changes that are staged", hint=f"git diff --staged {staged}")


def _stage(location: Location, commit: str, paths: Sequence[str]) -> None:
    """Let the index hold at the paths what a commit holds there, whatever filters would make of the work tree."""
    gone = location.run("ls-files", "-z", "--", *paths).split(b"\0")[:-1]
    there = location.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    nothing = zero_id(location.algorithm).encode()
    lines = b"".join(b"0 %s\t%s\0" % (nothing, path) for path in gone) + there
    write(location, "update-index", "-z", "--index-info", stdin=lines)
