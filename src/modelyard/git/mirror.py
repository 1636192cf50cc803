"""A consumer's own copy of a registry: one bare, shallow, partial repository per address, kept in a cache folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.bare import BareCopy
from modelyard.git.failures import GitFailed, OutOfReach
from modelyard.git.fetching import Fetcher, Unfetched
from modelyard.git.promised import Promised
from modelyard.git.revisions import require_revision
from modelyard.git.urls import require_url, scrubbed
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.git.formats import Algorithm
    from modelyard.git.location import Location
    from modelyard.git.objects import ObjectReader

__all__ = ["Mirror", "mirror", "mirrored_line", "names_commit"]

_ID_LENGTHS = (40, 64)
_OF_THE_DEFAULT_BRANCH = "HEAD"


@dataclass(frozen=True)
class Mirror:
    """A commit of a remote repository with its trees, in a bare repository of ours; blobs come when they are read."""

    location: Location
    commit: str
    promised: Promised

    def open(self) -> ObjectReader:
        """Return a reader of the mirror's objects. Blobs that it is asked for at once are fetched at once."""
        from modelyard.git.objects import ObjectReader

        return ObjectReader(self.location, supply=self.promised.supply)

    def discard_damaged(self) -> bool:
        """Remove the mirror where git finds anything in it broken; return whether it was removed."""
        copy = self.promised.copy
        with copy.held():
            if copy.is_sound(self.location):
                return False
            copy.make(self.location.algorithm)
            return True


def names_commit(revision: str) -> bool:
    """Whether the text is the full id of a commit, which means the same commit for ever."""
    return len(revision) in _ID_LENGTHS and set(revision) <= set("0123456789abcdef")


def mirror(
    url: str,
    directory: Path,
    *,
    revision: str = _OF_THE_DEFAULT_BRANCH,
    offline: bool = False,
    meanwhile: Callable[[], object] | None = None,
) -> Mirror:
    """Return one commit of a remote repository, fetched without history and blobs.

    A branch or a tag costs one fetch, whether it has moved or not. A commit named by its full id is fetched once and
    then found without the remote. Many processes may ask for the same address at once; they wait for each other. A
    mirror that is damaged is made anew.

    :param url: a path, or an address that git takes.
    :param directory: the cache folder; it is made where it is missing.
    :param revision: a branch, a tag or a full commit id; the remote's default branch unless given.
    :param offline: whether nothing may be fetched: the commit is the one that the revision meant last time.
    :param meanwhile: called while git fetches, where it has to; it must not take long.
    :raises OutOfReach: nothing may be fetched, and the revision never was.
    :raises NotFinished: the remote cannot be reached, or does not hold the revision.
    :raises UsageError: the address or the revision is not one.
    """
    address = _absolute(require_url(url))
    require_revision(revision)
    copy = BareCopy(directory, hashlib.sha256(os.fsencode(address)).hexdigest())
    reference = _reference(revision)
    found: tuple[Location, str | None] | None = None
    if offline or names_commit(revision):
        found = _found(copy, revision, reference)
    if found is None:
        if offline:
            raise OutOfReach(f"{revision!r} of {scrubbed(url)!r} was never fetched")
        found = _fetched(copy, address, lambda fetcher: fetcher.commit(revision, reference), revision, meanwhile)
    location, commit = found
    if commit is None:
        raise NotFinished(f"{revision!r} of {scrubbed(url)!r} is not a commit")
    return Mirror(location, commit, Promised(copy, location, address, commit, offline))


def mirrored_line(url: str, directory: Path, *, offline: bool = False) -> tuple[Location, str]:
    """Return a repository with the whole history of a remote's default branch, of commits alone, and its last commit.

    That costs one fetch. It lies apart from the mirror, whose commits have their trees.

    :raises OutOfReach: nothing may be fetched, and it never was.
    :raises NotFinished: the remote cannot be reached.
    """
    address = _absolute(require_url(url))
    copy = BareCopy(directory, f"{hashlib.sha256(os.fsencode(address)).hexdigest()}-line")
    reference = _reference(_OF_THE_DEFAULT_BRANCH)
    head = _OF_THE_DEFAULT_BRANCH
    if offline:
        found = _found(copy, head, reference)
    else:
        location, tip = _fetched(copy, address, lambda fetcher: fetcher.line(head, reference), head)
        found = (location, tip) if tip else None
    if found is None:
        raise OutOfReach(f"the history of {scrubbed(url)!r} was never fetched")
    return found


def _absolute(url: str) -> str:
    # git is started in the mirror's directory, where a relative path would mean something else.
    path = Path(url).expanduser()
    return str(path.resolve()) if path.exists() else url


def _reference(revision: str) -> str:
    if revision == _OF_THE_DEFAULT_BRANCH:
        return "refs/modelyard/latest"
    if names_commit(revision):
        return f"refs/modelyard/{revision}"
    # A name of theirs need not be one that can stand beside the others here.
    return f"refs/modelyard/named/{hashlib.sha256(os.fsencode(revision)).hexdigest()}"


def _found(copy: BareCopy, revision: str, reference: str) -> tuple[Location, str] | None:
    """Return what a revision meant last time; None where it was never fetched, or what was fetched is damaged."""
    location = copy.find()
    if location is None:
        return None
    try:
        commit = _commit(location, reference)
        if commit is None and names_commit(revision) and _holds(location, revision):
            # A branch was at it. From now on it stays, wherever that goes.
            location.run("update-ref", reference, revision)
            commit = revision
    except GitFailed:
        return None
    return (location, commit) if commit else None


def _fetched(
    copy: BareCopy,
    address: str,
    fetch: Callable[[Fetcher], None],
    revision: str,
    meanwhile: Callable[[], object] | None = None,
) -> tuple[Location, str | None]:
    """Fetch into the mirror, and into a new one where the old one is damaged or made with another hash."""
    reference = _reference(revision)
    with copy.held() as lock:
        location = copy.find()
        new = location is None
        if location is None:
            location = copy.make("sha256" if len(revision) == max(_ID_LENGTHS) else "sha1")
        copy.sweep()
        try:
            fetch(Fetcher(location, address, lock, tidy=not new, meanwhile=meanwhile))
            return location, _commit(location, reference)
        except (GitFailed, Unfetched) as error:
            other_hash = isinstance(error, Unfetched) and error.of_other_hash
            if not other_hash and (new or copy.is_sound(location)):
                raise
        location = copy.make(_other(location.algorithm) if other_hash else location.algorithm)
        fetch(Fetcher(location, address, lock))
        return location, _commit(location, reference)


def _holds(location: Location, commit: str) -> bool:
    try:
        return location.run("cat-file", "-t", commit) == b"commit\n"
    except GitFailed:
        return False


def _other(algorithm: Algorithm) -> Algorithm:
    return "sha1" if algorithm == "sha256" else "sha256"


def _commit(location: Location, reference: str) -> str | None:
    output = location.run(
        "for-each-ref", "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname)", reference
    )
    fields = output.decode("ascii").split()
    return fields[-1] if fields and fields[-2] == "commit" else None
