"""References: which branch is the repository's main one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.failures import GitFailed

if TYPE_CHECKING:
    from modelyard.git.location import Location

__all__ = ["default_branch", "head_id", "main_line", "served_branch"]

_CANDIDATES = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
_LOCAL = ("refs/heads/main", "refs/heads/master")


def default_branch(location: Location) -> str | None:
    """Return the branch that changes are merged into, as a full reference, None where there is no likely one.

    What the remote ``origin`` says comes first, then ``main`` and ``master`` there and here.
    One git process.
    """
    return _likely(location)[0]


def main_line(location: Location) -> str:
    """Return the reference whose first parents are the registry's history: what this clone knows of its main branch.

    That is ``HEAD`` where the main branch is checked out, or where there is no likely one; else the branch of the
    remote ``origin``, or the local one: what is only on a branch beside it has not happened yet. At most two git
    processes.
    """
    reference, checked_out = _likely(location)
    if reference is None:
        return "HEAD"
    local = "refs/heads/" + reference.removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")
    if local not in _LOCAL:
        checked_out = served_branch(location)
    return "HEAD" if checked_out == local else reference


def _likely(location: Location) -> tuple[str | None, str | None]:
    """Return the likely main branch, and which of the local candidates is checked out."""
    output = location.run("for-each-ref", "--format=%(HEAD)%(refname) %(symref)", *_CANDIDATES, *_LOCAL)
    lines = output.decode("utf-8", "surrogateescape").splitlines()
    checked_out = next((line[1:].partition(" ")[0] for line in lines if line.startswith("*")), None)
    found = dict(line[1:].split(" ", 1) for line in lines)
    name = next((name for name in (*_CANDIDATES, *_LOCAL) if name in found), None)
    return (found[name] or name if name else None), checked_out


def head_id(location: Location) -> str | None:
    """Return the id that ``HEAD`` names, whether its object is there or not; None before the first commit.

    One git process.
    """
    try:
        return location.run("rev-parse", "--verify", "--quiet", "HEAD").decode("ascii").strip()
    except GitFailed as error:
        if error.returncode != 1:
            raise
        return None


def served_branch(location: Location) -> str | None:
    """Return the full reference that ``HEAD`` stands for, whether it is there yet or not; None for a detached one.

    In a bare repository it is the default branch of those who clone it. One git process.
    """
    try:
        return location.run("symbolic-ref", "--quiet", "HEAD").decode("utf-8", "surrogateescape").removesuffix("\n")
    except GitFailed as error:
        if error.returncode != 1:
            raise
        return None
