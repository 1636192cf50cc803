"""What stands in a work tree or on a branch now, and how it gets to the main branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["say_where", "steps"]

_SHORT = 12
_REQUEST = "open a pull request from that branch"


def say_where(paths: Sequence[str], *, branch: str | None, commit: str | None) -> None:
    """Print the paths that were written, or the commit that holds them."""
    if branch and commit:
        console.say(f"  committed on branch {branch} as {commit[:_SHORT]}")
    label = "holds" if branch else "wrote"
    for path in paths:
        console.say(f"  {label.ljust(9)} {path}")


def steps(
    git: str, *, branch: str | None, usual: str, paths: Sequence[str], subject: str, remote: str | None
) -> tuple[str, ...]:
    """Return the steps that bring the change to the main branch: by a pull request, or by hand without a remote.

    :param git: how git is called.
    :param branch: the branch that holds the change already, None where it lies in the work tree.
    :param usual: the name of the branch that is to be made then.
    :param paths: what is to be committed then.
    :param remote: name of the Git remote, None where there is none.
    """
    if branch:
        return (f"{git} push -u {remote} {branch}", _REQUEST) if remote else (f"{git} merge --no-ff {branch}",)
    made = (f"{git} switch -c {usual}", f"{git} add {' '.join(paths)}", f'{git} commit -m "{subject}"')
    if remote:
        return (*made, f"{git} push -u {remote} HEAD", _REQUEST)
    return (*made, f"{git} switch -", f"{git} merge --no-ff {usual}")
