"""What files of certain names said in a part of history; two git processes, however long it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.revisions import require_revision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelyard.git.location import Location

__all__ = ["blobs_in_history"]


def blobs_in_history(
    location: Location, wanted: Callable[[str], bool], *, since: int | None, trees: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the ids of all blobs under names that are wanted, in any commit that some reference leads to.

    References are branches, tags, what was fetched, stashes, the heads of all work trees and their index, and what
    the reflogs still remember.

    :param wanted: judges the last part of a path.
    :param since: seconds since 1970: of older commits only those that a reference names, or that were still the
        state of a branch at that time. None for all.
    :param trees: ids of trees that count as well.
    :raises NotFinished: the clone's history is cut off.
    """
    if location.is_shallow:
        raise NotFinished(
            "the clone's history is cut off, so nobody knows what is still needed", hint="git fetch --unshallow"
        )
    # A directory may have such a name too: `.dvc` has. The index knows the trees of some, and then gives them as well.
    blobs = ("--filter=object:type=blob", "--filter-provided-objects")
    listing = ("rev-list", "--objects", *blobs, "--indexed-objects")
    held = [require_revision(tree) for tree in trees]
    if since is None:
        listed = location.run(*listing, "--all", "--reflog", *held)
    else:
        commits = location.run("rev-list", "--all", "--reflog", "--parents", f"--since={since}").split()
        tips = location.run("rev-list", "--all", "--no-walk").split()
        named = b"".join(commit + b"\n" for commit in dict.fromkeys((*tips, *commits)))
        listed = location.run(*listing, "--no-walk", "--stdin", *held, stdin=named)
    found: dict[str, None] = {}
    for line in listed.decode("utf-8", "surrogateescape").splitlines():
        blob, _, path = line.partition(" ")
        if path and wanted(path.rpartition("/")[2]):
            found[blob] = None
    return tuple(found)
