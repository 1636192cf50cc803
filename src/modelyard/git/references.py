"""References: which branch is the repository's main one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.failures import GitFailed

if TYPE_CHECKING:
    from modelyard.git.location import Location

__all__ = ["default_branch", "head_id", "served_branch"]

_CANDIDATES = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
_LOCAL = ("refs/heads/main", "refs/heads/master")


def default_branch(location: Location) -> str | None:
    """Return the branch that changes are merged into, as a full reference, None where there is no likely one.

    What the remote ``origin`` says comes first, then ``main`` and ``master`` there and here.
    One git process.
    """
    output = location.run("for-each-ref", "--format=%(refname) %(symref)", *_CANDIDATES, *_LOCAL)
    found = dict(line.split(" ", 1) for line in output.decode("utf-8", "surrogateescape").splitlines())
    name = next((name for name in (*_CANDIDATES, *_LOCAL) if name in found), None)
    return found[name] or name if name else None


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
