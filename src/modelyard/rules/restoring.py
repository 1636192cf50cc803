"""The way on where a change touches what stays as it is: a command that restores it, or what is done instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard.names import VersionId
    from modelyard.rules.transition import Transition

__all__ = ["instead_of_repair", "restore"]


def restore(transition: Transition, path: str) -> str:
    """Return the command, which can be pasted whatever the path's characters.

    A path that the base has not is taken away by it, from the index and from the work tree.
    """
    from shlex import quote

    if transition.base.tree.id(path) is None:
        return f"git rm -r --force {quote(path)}"
    base = transition.base.tree.commit or "HEAD"
    return f"git restore --source {base[:12]} --staged --worktree {quote(path)}"


def instead_of_repair(version_id: VersionId) -> str:
    """Return what is done about a merged version that has faults: it never changes, so another one takes its place."""
    return (
        f"modelyard register {version_id.name} --bump patch … for a version without it, "
        f"then modelyard yank {version_id} --reason TEXT"
    )
