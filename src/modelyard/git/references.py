"""References: which branch is the repository's main one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.failures import GitFailed
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.git.location import Location

__all__ = ["default_branch", "head_id", "main_line", "served_branch"]

_CANDIDATES = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
_LOCAL = ("refs/heads/main", "refs/heads/master")


def default_branch(location: Location) -> str | None:
    """Return the branch that changes are merged into, as a full reference, None where there is no likely one.

    What the remote ``origin`` says comes first, then ``main`` and ``master`` there and here.
    One git process.
    """
    listed, _ = _listed(location)
    name = _first(listed)
    return listed[name].reference if name else None


def main_line(location: Location) -> str:
    """Return what names the commit whose first parents are the registry's history: its id, where Git lists it.

    It is the end of what this clone knows of its main branch. That is ``HEAD`` where the main branch is checked out,
    or where there is no likely one; else the branch of the remote ``origin``, or the local one: what is only on a
    branch beside it has not happened yet. At most two git processes.
    """
    listed, checked_out = _listed(location)
    name = _first(listed)
    if name is None:
        return "HEAD"
    reference = listed[name].reference
    local = "refs/heads/" + reference.removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")
    if local not in _LOCAL:
        checked_out = served_branch(location)
    if checked_out != local:
        return listed[name].tip
    return listed[local].tip if local in listed else "HEAD"


@dataclass(frozen=True)
class _Listed:
    """A candidate as Git lists it: the branch that it stands for, and the id of its commit."""

    reference: str
    tip: str


def _listed(location: Location) -> tuple[dict[str, _Listed], str | None]:
    """Return the candidates that are there by their names, and which of the local ones is checked out."""
    form = "--format=%(HEAD)%(objectname) %(refname) %(symref)"
    output = location.run("for-each-ref", form, *_CANDIDATES, *_LOCAL)
    found, checked_out = {}, None
    for line in output.decode("utf-8", "surrogateescape").splitlines():
        tip, name, stands_for = line[1:].split(" ", 2)
        found[name] = _Listed(stands_for or name, tip)
        checked_out = name if line.startswith("*") else checked_out
    return found, checked_out


def _first(listed: Mapping[str, _Listed]) -> str | None:
    return next((name for name in (*_CANDIDATES, *_LOCAL) if name in listed), None)


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
