"""A proposal leaves this machine: its branch is pushed, and its request opened on the forge."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from modelyard.errors import Refused
from modelyard.forges.address import ForgeSettings, find_forge
from modelyard.forges.connect import connect
from modelyard.forges.describing import draft_request
from modelyard.forges.opening import open_once
from modelyard.forges.patience import Patience
from modelyard.forges.purpose import Purpose
from modelyard.git.failures import GitFailed
from modelyard.git.references import default_branch
from modelyard.git.remote_branches import fetched_tip, remote_address
from modelyard.git.workspace import branch_tip, is_merged, makes, push
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelyard.api.checkout import Checkout
    from modelyard.forges.address import ForgeAddress
    from modelyard.forges.forge import Forge
    from modelyard.forges.opening import Opened
    from modelyard.git.location import Location
    from modelyard.lifecycle.edits import Edits
    from modelyard.problems import Problem

__all__ = ["Published", "Publisher", "forge_address"]


@dataclass(frozen=True)
class Published:
    """Where a proposal is to be found now.

    :param remote: the remote that has its branch, None where there is no remote.
    :param opened: its request, None where the remote lies on no forge.
    :param forge: that forge.
    :param command: the command that asks for a review instead, where there is no forge.
    """

    remote: str | None = None
    opened: Opened | None = None
    forge: ForgeAddress | None = None
    command: str | None = None


class Publisher:
    """What pushes the branches of a checkout and opens requests for them.

    Made before anything is written, so that a missing token or library is told first. Each step may be
    repeated: whoever runs the same command again after a crash between two of them gets the rest.

    :param tell: is told, as a sentence, why and how long we wait for the forge.
    :raises UsageError: the forge's library is not installed, its token not set, or a setting has no meaning.
    """

    def __init__(self, checkout: Checkout, *, tell: Callable[[str], None]) -> None:
        self._location = checkout.location
        self._patience = Patience(tell)
        self._remote = checkout.git_remote()
        address = forge_address(self._location, self._remote) if self._remote else None
        self._forge: Forge | None = connect(address, os.environ, Purpose.REQUESTS) if address else None

    def tip(self, branch: str) -> str | None:
        """Return the commit that a branch is at: on the remote, else here, None where neither has it.

        :raises NotFinished: the remote cannot be reached.
        """
        there = fetched_tip(self._location, self._remote, branch) if self._remote else None
        return there or branch_tip(self._location, branch)

    def standing(self, edits: Edits, branch: str) -> str | None:
        """Return the commit that a branch is at, which makes the very same change; None where the name is free.

        It is free where there is no such branch, and where all that one has was merged.

        :raises Refused: the branch holds something else.
        :raises NotFinished: the remote cannot be reached.
        """
        commit = self.tip(branch)
        if commit is None or is_merged(self._location, commit):
            return None
        if not makes(self._location, commit, edits.changes):
            raise Refused(
                f"branch {branch!r} exists already, and does not make the same change",
                hint="git pull, if it was made from a newer commit, or choose another name: --branch NAME",
            )
        return commit

    def publish(self, edits: Edits, problems: Iterable[Problem], *, branch: str, commit: str) -> Published:
        """Push a branch unless the remote has it, and open its request unless one is open.

        :raises Refused: the remote or the forge refuses it, or its request was closed.
        :raises NotFinished: remote or forge cannot be reached; the branch stays, and the next run goes on from it.
        """
        if self._remote is None:
            return Published()
        if fetched_tip(self._location, self._remote, branch) != commit:
            push(self._location, self._remote, branch)
        if self._forge is None:
            start = (default_branch(self._location) or "HEAD").removeprefix("refs/heads/").removeprefix("refs/remotes/")
            return Published(self._remote, command=shlex.join(["git", "request-pull", start, self._remote, branch]))
        draft = draft_request(edits, problems, branch=branch, commit=commit)
        return Published(self._remote, open_once(self._forge, draft, self._patience), self._forge.address)


def forge_address(location: Location, remote: str) -> ForgeAddress | None:
    """Return the forge that a remote lies on, None where it lies on none that we know.

    :raises UsageError: a setting has no meaning.
    """
    settings = ForgeSettings(_setting(location, "modelyard.forge"), _setting(location, "modelyard.forgeApi"))
    return find_forge(remote_address(location, remote), settings, os.environ)


def _setting(location: Location, key: str) -> str | None:
    try:
        return location.run("config", "--get", key).decode("utf-8", "surrogateescape").removesuffix("\n")
    except GitFailed as error:
        if error.returncode != 1:
            raise
        return None
