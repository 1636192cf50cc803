"""The command that gives a path back what it was on the base."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard.rules.transition import Transition

__all__ = ["restore"]


def restore(transition: Transition, path: str) -> str:
    """Return the command, which can be pasted whatever the path's characters.

    A path that the base has not is taken away by it, from the index and from the work tree.
    """
    from shlex import quote

    if transition.base.tree.id(path) is None:
        return f"git rm -r --force {quote(path)}"
    base = transition.base.tree.commit or "HEAD"
    return f"git restore --source {base[:12]} --staged --worktree {quote(path)}"
