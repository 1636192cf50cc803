"""Branches of a remote: what one is at, asked over the network."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.failures import GitFailed
from modelyard.git.revisions import require_branch
from modelyard.git.urls import require_url, scrubbed
from modelyard.git.writing import write

if TYPE_CHECKING:
    from modelyard.git.location import Location

__all__ = ["fetched_tip", "remote_address"]


def fetched_tip(location: Location, remote: str, branch: str) -> str | None:
    """Return the id of the commit that a branch of a remote is at, which is fetched; None where it has none.

    No branch of our own moves; what was fetched stands under ``refs/remotes``.

    :param remote: the name of a remote.
    :raises NotFinished: the remote cannot be reached.
    """
    reference = f"refs/heads/{require_branch(branch)}"
    try:
        listed = write(location, "ls-remote", require_url(remote), reference)
        found = [line.partition("\t")[0] for line in listed.splitlines() if line.endswith(f"\t{reference}")]
        if not found:
            return None
        tracking = f"+{reference}:refs/remotes/{remote}/{branch}"
        write(location, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", remote, tracking)
    except GitFailed as error:
        raise NotFinished(
            f"remote {scrubbed(remote)!r} cannot be asked: {error.complaint}",
            hint=shlex.join(["git", "ls-remote", scrubbed(remote)]),
        ) from error
    # A push may have come in between the two questions.
    return location.run("rev-parse", "--verify", f"refs/remotes/{remote}/{branch}").decode("ascii").strip()


def remote_address(location: Location, remote: str) -> str:
    """Return the address that Git pushes to for a remote, with what the configuration puts in place of parts of it."""
    return location.run("remote", "get-url", "--push", remote).decode("utf-8", "surrogateescape").removesuffix("\n")
