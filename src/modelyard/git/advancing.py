"""The branch that is checked out moves to a commit whose files stand in the work tree already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, Refused
from modelyard.git.failures import GitFailed
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
        _stage(location, paths, old=old, new=new)
    except GitFailed as error:
        raise NotFinished(f"the index cannot be written: {error.complaint}", hint="git status") from error
    try:
        write(location, "update-ref", "-m", f"commit: {subject}", "HEAD", new, old)
    except GitFailed as error:
        _stage(location, paths, old=new, new=old)
        raise Refused("the branch that is checked out has moved meanwhile", hint="the same command again") from error


def _require_not_staged(location: Location, paths: Sequence[str], *, old: str, new: str) -> None:
    found = staged_changes(location, old)
    touched = [staged for staged in found if any(f"{staged}/".startswith(f"{path}/") for path in paths)]
    # What is staged as the new commit has it was staged by this command before it was killed.
    foreign = set(touched) & staged_changes(location, new).keys() if touched else set()
    if foreign:
        staged = min(foreign)
        raise Refused(f"{staged} has changes that are staged", hint=f"git diff --staged {staged}")


def _stage(location: Location, paths: Sequence[str], *, old: str, new: str) -> None:
    """Let the index, which holds at the paths what one of the commits does, hold what the other does.

    Whatever filters would make of the work tree, the commits say.
    """
    differences = location.run("diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", old, new, "--", *paths)
    fields = differences.split(b"\0")[:-1]
    # What goes goes first: a file may come where a directory was.
    changes = sorted(zip(fields[::2], fields[1::2], strict=True), key=lambda change: not change[0].endswith(b"D"))
    lines = (b"%s %s\t%s\0" % (*summary.split(b" ")[1:4:2], path) for summary, path in changes)
    write(location, "update-index", "-z", "--index-info", stdin=b"".join(lines))
