"""What stands in a work tree or on a branch now, and how it gets to the main branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from modelyard.api.checkout import Checkout
    from modelyard.api.publishing import Published

__all__ = [
    "HERE",
    "add_arguments",
    "as_value",
    "checkout_of",
    "say_plan",
    "say_published",
    "say_steps",
    "say_where",
    "steps",
]

# As modelyard.api.proposing has it, whose import is too dear for `--help`.
HERE = "HEAD"
_SHORT = 12
_REQUEST = "open a pull request from that branch"
_NO_FORGE = "no forge is known behind {remote}; if there is one: {git} config modelyard.forge github, or gitlab"


def add_arguments(parser: argparse._ActionsContainer, *, usual: str) -> None:
    """Declare the arguments that say where a change goes.

    :param usual: what the branch is called where nobody names it.
    """
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--branch", nargs="?", const="", metavar="BRANCH", help=f"commit on a new branch (default: {usual})"
    )
    place.add_argument(
        "--commit", action="store_const", dest="branch", const=HERE, help="commit on the branch that is checked out"
    )
    parser.add_argument("--pr", action="store_true", help="push that branch as well, and open a pull request for it")


def checkout_of(arguments: argparse.Namespace) -> Checkout:
    """Return the checkout that the arguments name, with a publisher where they ask for a pull request.

    :raises UsageError: there is no repository, or its forge needs a library or a token that is not there.
    """
    from modelyard.api.checkout import Checkout

    checkout = Checkout.at(arguments.registry)
    # A plan asks nobody, and needs no token.
    publishes = arguments.pr and not vars(arguments).get("dry_run")
    return checkout.publishing(console.note) if publishes else checkout


def say_published(published: Published, git: str) -> None:
    """Print where a branch was pushed to and the request for it, or the next step where there is no forge."""
    if published.remote:
        console.say(f"  {'pushed to'.ljust(9)} {published.remote}")
    if published.opened and published.forge:
        kind, opened = published.forge.kind, published.opened
        what = f"{kind.request} {kind.sign}{opened.request.number}"
        console.say(f"  {('opened' if opened.fresh else 'found').ljust(9)} {what}: {opened.request.url}")
        if opened.unlabelled:
            console.warn(f"{what} was not labelled: {opened.unlabelled}", "set the labels by hand")
    if published.command:
        console.say()
        console.next_steps(published.command.replace("git", git, 1))
        console.note(_NO_FORGE.format(remote=published.remote, git=git))


def as_value(published: Published) -> dict[str, object]:
    """Return where a branch went as JSON has it."""
    request = published.opened.request if published.opened else None
    return {
        "remote": published.remote,
        "number": request.number if request else None,
        "url": request.url if request else None,
        "opened": published.opened.fresh if published.opened else False,
        "command": published.command,
    }


def say_where(
    paths: Iterable[str], removed: Iterable[str] = (), *, branch: str | None, commit: str | None, stood: bool = False
) -> None:
    """Print the paths that were written and removed, or the commit that does so.

    :param stood: whether that commit was there before.
    """
    if branch and commit:
        what = "stands already on branch" if stood else "committed on branch"
        console.say(f"  {what} {branch} as {commit[:_SHORT]}")
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


def say_steps(steps: Sequence[str]) -> None:
    """Print what comes next, below an empty line; nothing where nothing does."""
    if steps:
        console.say()
        console.next_steps(*steps)


def steps(
    git: str,
    checkout: Checkout,
    *,
    branch: str | None,
    usual: str,
    paths: Sequence[str],
    subject: str,
    here: bool = False,
) -> tuple[str, ...]:
    """Return the steps that bring the change to the main branch: by a pull request, or by hand without a remote.

    :param git: how git is called.
    :param here: whether that branch is the one that is checked out; it is pushed then, where there is a remote.
    :param branch: the branch that holds the change already, None where it lies in the work tree.
    :param usual: the name of the branch that is to be made then.
    :param paths: what is to be committed then.
    """
    remote = checkout.git_remote()
    if here:
        return (f"{git} push {remote} {branch}",) if remote else ()
    if branch:
        if remote:
            return (f"{git} push -u {remote} {branch}", _REQUEST)
        back = checkout.branch_to_return_to()
        return (*((f"{git} switch {back}",) if back not in (None, "-") else ()), f"{git} merge --no-ff {branch}")
    made = (f"{git} switch -c {usual}", f"{git} add {' '.join(paths)}", f'{git} commit -m "{subject}"')
    if remote:
        return (*made, f"{git} push -u {remote} HEAD", _REQUEST)
    back = checkout.branch_to_return_to()
    # Without a branch to go back to there is none to merge into.
    return (*made, f"{git} switch {back}", f"{git} merge --no-ff {usual}") if back else made
