"""One ``git fetch`` into a repository of ours, as small as the server can make it.

A remote is promised to have what was left out, but the repository's own configuration never says so: the promise is
made to the one command that fetches. So no git that reads there can fetch anything by itself, whatever its version,
and no address with a password is written down.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.failures import GitFailed
from modelyard.git.process import capture, network_environment
from modelyard.git.urls import scrubbed
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from modelyard.git.location import Location

__all__ = ["NO_BLOBS", "NO_TREES", "Fetcher", "Unfetched"]

NO_BLOBS = "blob:none"
NO_TREES = "tree:0"

# Not `origin`: people configure that for all their repositories.
_REMOTE = "modelyard"
_PATIENCE = ("-c", "gc.autoDetach=false", "-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60")
# A copy that a loss of power has damaged is found out and made anew, so nobody waits for the disk.
_HASTE = ("-c", "core.fsync=none")
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--force")
# What git says of a server that sends a history whole or not at all: plain files over HTTP, or a very old one.
_ONLY_WHOLE = re.compile(r"dumb http transport does not support|[Ss]erver does not support (?:shallow|--depth)")
_OTHER_HASH = re.compile(r"mismatched algorithms: client (\w+); server (\w+)")


class Unfetched(NotFinished):
    """A remote repository did not give what was asked for.

    :ivar complaint: what git said, without credentials.
    """

    def __init__(self, what: str, address: str, complaint: str) -> None:
        super().__init__(
            f"{what} of {scrubbed(address)!r} cannot be fetched: {scrubbed(complaint)}",
            hint=shlex.join(["git", "ls-remote", scrubbed(address)]),
        )
        self.complaint = scrubbed(complaint)

    @property
    def of_other_hash(self) -> bool:
        """Whether the remote makes its ids with another hash than the repository here."""
        return bool(_OTHER_HASH.search(self.complaint))


@dataclass(frozen=True)
class Fetcher:
    """Fetches from one address into one repository, whose lock is held.

    :param lock: the open file that holds it.
    :param tidy: whether git may look, after a fetch by name, if it should pack anew what earlier ones left.
    :param meanwhile: as for :func:`modelyard.git.process.capture`.
    """

    location: Location
    address: str
    lock: int
    tidy: bool = False
    meanwhile: Callable[[], object] | None = None

    def commit(self, revision: str, reference: str) -> None:
        """Fetch one commit with its trees, without history and blobs, and let the reference name it.

        A server that leaves nothing out sends the blobs too, and one of plain files the history as well.

        :raises Unfetched: the remote cannot be reached, or lacks the revision.
        """
        wanted = [f"{revision}:{reference}"]
        try:
            self._fetch(["--depth=1", f"--filter={NO_BLOBS}"], wanted, NO_BLOBS)
        except GitFailed as error:
            if not _ONLY_WHOLE.search(error.complaint):
                raise Unfetched(repr(revision), self.address, error.complaint) from error
            self._whole(revision, wanted, options=())

    def line(self, revision: str, reference: str) -> None:
        """Fetch a revision with its whole history, of commits alone, and let the reference name it.

        :raises Unfetched: the remote cannot be reached, or lacks the revision.
        """
        wanted = [f"{revision}:{reference}"]
        try:
            self._fetch([f"--filter={NO_TREES}"], wanted, NO_TREES)
        except GitFailed as error:
            raise Unfetched(f"the history of {revision!r}", self.address, error.complaint) from error

    def blobs(self, ids: Iterable[str], *, commit: str) -> None:
        """Fetch blobs that were left out of a commit, all at once.

        A server that gives no single object is asked for the whole commit.

        :raises Unfetched: the remote cannot be reached, or no longer has them.
        """
        try:
            # What we have is none of the server's business: a blob stands for itself.
            noop = ("-c", "fetch.negotiationAlgorithm=noop")
            self._fetch([f"--filter={NO_BLOBS}"], ids, NO_BLOBS, settings=noop)
        except GitFailed:
            self._whole(commit, [commit], options=("--depth=1", "--refetch"))

    def _whole(self, what: str, wanted: Sequence[str], *, options: Sequence[str]) -> None:
        try:
            self._fetch([*options, "--no-filter"], wanted, None)
        except GitFailed as error:
            raise Unfetched(repr(what), self.address, error.complaint) from error

    def _fetch(
        self, options: Sequence[str], wanted: Iterable[str], promised: str | None, *, settings: Sequence[str] = ()
    ) -> None:
        remote = [f"remote.{_REMOTE}.url={self.address}"]
        if promised:
            remote += [f"remote.{_REMOTE}.promisor=true", f"remote.{_REMOTE}.partialCloneFilter={promised}"]
        configured = [word for setting in remote for word in ("-c", setting)]
        capture(
            [
                f"--git-dir={self.location.git_dir}",
                *(*_PATIENCE, *_HASTE, *configured, *settings, *_FETCH, *options),
                *(() if self.tidy else ("--no-auto-maintenance",)),
                *("--stdin", _REMOTE),
            ],
            directory=self.location.git_dir,
            environment=network_environment(),
            stdin="".join(f"{each}\n" for each in wanted).encode("utf-8", "surrogateescape"),
            lend=[self.lock],
            meanwhile=self.meanwhile,
        )
