"""A consumer's own copy of a registry: one bare, shallow repository per address, kept in a cache folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.failures import GitFailed
from modelyard.git.location import Location, locate
from modelyard.git.process import capture, network_environment
from modelyard.git.revisions import require_revision
from modelyard.git.urls import require_url, scrubbed
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Mirror", "mirror"]

_ID_LENGTHS = (40, 64)


@dataclass(frozen=True)
class Mirror:
    """A commit of a remote repository, with all its files, in a bare repository of ours."""

    location: Location
    commit: str


def mirror(url: str, directory: Path, *, revision: str = "HEAD") -> Mirror:
    """Fetch one commit of a remote repository, without its history, and return where it is.

    Many processes may ask for the same address at once; they wait for each other. A commit named
    by its full id is fetched once and then found without the remote.

    :param url: a path, or an address that git takes.
    :param directory: the cache folder; it is made where it is missing.
    :param revision: a branch, a tag or a full commit id; the remote's default branch unless given.
    :raises NotFinished: the remote cannot be reached, or does not hold the revision.
    :raises UsageError: the address or the revision is not one.
    """
    address = _absolute(require_url(url))
    require_revision(revision)
    name = hashlib.sha256(os.fsencode(address)).hexdigest()
    directory.mkdir(parents=True, exist_ok=True)
    with _held(directory / f"{name}.lock"):
        location = _repository(directory, name)
        reference = f"refs/modelyard/{revision if _is_id(revision) else 'latest'}"
        if not (_is_id(revision) and _commit(location, reference)):
            _fetch(location, address, revision=revision, reference=reference)
        commit = _commit(location, reference)
    if commit is None:
        raise NotFinished(f"{revision!r} of {scrubbed(url)!r} is not a commit")
    return Mirror(location, commit)


def _absolute(url: str) -> str:
    # git is started in the mirror's directory, where a relative path would mean something else.
    path = Path(url).expanduser()
    return str(path.resolve()) if path.exists() else url


def _is_id(revision: str) -> bool:
    return len(revision) in _ID_LENGTHS and set(revision) <= set("0123456789abcdef")


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    # The lock file stays: a process that waits for a removed one would hold a lock that nobody sees.
    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _repository(directory: Path, name: str) -> Location:
    place = directory / f"{name}.git"
    if not place.is_dir():
        scratch = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=directory))
        arguments = ["init", "--bare", "--quiet", "--template=", str(scratch)]
        capture(arguments, directory=directory, environment=network_environment())
        scratch.rename(place)
    for leftover in directory.glob(f".{name}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    # We hold the lock, so whoever left this one behind was killed.
    (place / "shallow.lock").unlink(missing_ok=True)
    return locate(place)


def _fetch(location: Location, address: str, *, revision: str, reference: str) -> None:
    arguments = [
        f"--git-dir={location.git_dir}",
        *("-c", "gc.autoDetach=false", "-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"),
        *("fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--force"),
        *("--end-of-options", address, f"{revision}:{reference}"),
    ]
    try:
        capture(arguments, directory=location.git_dir, environment=network_environment())
    except GitFailed as error:
        raise NotFinished(
            f"{revision!r} of {scrubbed(address)!r} cannot be fetched: {scrubbed(error.complaint)}",
            hint=shlex.join(["git", "ls-remote", scrubbed(address)]),
        ) from error


def _commit(location: Location, reference: str) -> str | None:
    output = location.run(
        "for-each-ref", "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname)", reference
    )
    fields = output.decode("ascii").split()
    return fields[-1] if fields and fields[-2] == "commit" else None
