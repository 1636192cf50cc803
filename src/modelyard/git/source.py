"""Which commit of which repository a file was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.addresses import shareable
from modelyard.errors import UsageError
from modelyard.git.failures import NotARepository
from modelyard.git.location import locate
from modelyard.git.objects import ObjectReader
from modelyard.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.git.location import Location

__all__ = ["SourceState", "source_state"]


@dataclass(frozen=True)
class SourceState:
    """The state of the repository that holds a training script.

    :param location: where the repository is.
    :param repo: the address that others find it at, without credentials; None where it has no remote.
    :param commit: full id of the commit that is checked out.
    :param dirty: whether a tracked file differs from that commit, as ``git describe --dirty`` has it.
    """

    location: Location
    repo: str | None
    commit: str
    dirty: bool


def source_state(path: Path) -> SourceState | None:
    """Return the state of the repository whose work tree holds the file or directory, None where there is none.

    :raises UsageError: the repository has no commit yet, or may not be read.
    """
    try:
        location = locate(path if path.is_dir() else path.parent)
    except NotARepository:
        return None
    with ObjectReader(location) as reader:
        commit = reader.head()
    if commit is None:
        raise UsageError(f"the repository that holds {str(path)!r} has no commit yet", hint="git commit")
    return SourceState(location, _remote(location), commit, dirty=_is_dirty(location))


def _is_dirty(location: Location) -> bool:
    return bool(location.work_tree and location.run("status", "--porcelain", "-z", "--untracked-files=no"))


def _remote(location: Location) -> str | None:
    # `git config --get-regexp` ends with 1 where nothing matches, so the whole list is asked for.
    listed = location.run("config", "--list", "-z").decode("utf-8", "surrogateescape").split("\0")
    addresses: dict[str, str] = {}
    for line in listed:
        key, _, value = line.partition("\n")
        if key.startswith("remote.") and key.endswith(".url"):
            addresses.setdefault(key, value)
    address = addresses.get("remote.origin.url") or next(iter(addresses.values()), None)
    return shareable(address) if address else None
