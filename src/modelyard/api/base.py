"""The base of a change: the commit that it starts from, in CI and on a desk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, UsageError
from modelyard.git.history import merge_base
from modelyard.git.references import default_branch

if TYPE_CHECKING:
    from modelyard.git.location import Location
    from modelyard.git.objects import ObjectReader

__all__ = ["find_base"]


def find_base(location: Location, reader: ObjectReader, head: str) -> str:
    """Return the commit that a change starts from; never the live main branch.

    In CI of a pull request the head is a merge commit made for the test, and the base is its first
    parent. Elsewhere it is the merge base with the main branch; on the main branch itself the commit
    before.

    :raises UsageError: there is no main branch to compare with.
    :raises NotFinished: the clone's history is cut off before the base.
    """
    parents = reader.commit(head).parents
    if os.environ.get("CI", "").lower() not in ("", "0", "false") and len(parents) > 1:
        return _held(reader, parents[0])
    branch = default_branch(location)
    if branch is None:
        raise UsageError("there is no main branch to compare with", hint="name a revision: --base REV")
    found = merge_base(location, head, reader.commit_id(branch))
    if found is None:
        raise UsageError(f"{branch} and the change share no history", hint="name a revision: --base REV")
    if found != head:
        return found
    if not parents:
        raise UsageError("the first commit has no base", hint="modelyard validate")
    return _held(reader, parents[0])


def _held(reader: ObjectReader, commit: str) -> str:
    # A shallow clone's commits still name parents that were not fetched.
    try:
        return reader.commit_id(commit)
    except NotFinished as error:
        hint = "git fetch --deepen=1, or fetch-depth: 0 in CI"
        raise NotFinished("the base is not in this shallow clone", hint=hint) from error
