"""What stands in a work tree or on a branch now, and how it gets to the main branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["say_plan", "say_where", "steps"]

_SHORT = 12
_REQUEST = "open a pull request from that branch"


def say_where(paths: Iterable[str], removed: Iterable[str] = (), *, branch: str | None, commit: str | None) -> None:
    """Print the paths that were written and removed, or the commit that does so."""
    if branch and commit:
        console.say(f"  committed on branch {branch} as {commit[:_SHORT]}")
    _say("holds" if branch else "wrote", paths)
    _say("removes" if branch else "removed", removed)


def say_plan(paths: Iterable[str], removed: Iterable[str] = ()) -> None:
    """Print the paths that would be written and removed."""
    _say("writes", paths)
    _say("removes", removed)
    console.say("nothing was written")


def _say(label: str, paths: Iterable[str]) -> None:
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
