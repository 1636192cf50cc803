"""Whether the bytes of a version are still to be had: in its remote, or at least in this clone's cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.asking_remotes import Objects
from modelyard.api.pulling import wanted_objects
from modelyard.errors import DigestMismatch, NotFinished, UsageError
from modelyard.rules.remote import ask, missing_object, other_object
from modelyard.rules.stated import pointers_of
from modelyard.storage.transfer import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from modelyard.api.checkout import Checkout
    from modelyard.storage.remotes import Arrival, Request
    from modelyard.version_directory import VersionDirectory

__all__ = ["find_bytes"]


def find_bytes(checkout: Checkout, version: VersionDirectory) -> str | None:
    """Make sure that every object of a version exists, and return a remark where only this clone's cache has it.

    A remote is asked for names and sizes. What it lacks is read from the cache, and compared with the digests of
    the metadata.

    :raises Refused: the version's own documents have faults.
    :raises NotFinished: an object is in neither of them.
    """
    metadata = version.require_metadata()
    if not any(pointers_of(version)):
        return None
    complaint = _complaint(checkout, version, metadata.dvc_remote)
    if complaint is None:
        return None
    try:
        fetch(list(wanted_objects(version, metadata).values()), _Nowhere(), checkout.cache)
    except (NotFinished, DigestMismatch):
        raise NotFinished(
            f"the bytes of {version.id} are not to be had: {complaint}, and they are not in the cache",
            hint="run `modelyard push` where they are, or name another version: --to VERSION",
        ) from None
    return f"the bytes of {version.id} are in the cache of this clone alone: {complaint}"


def _complaint(checkout: Checkout, version: VersionDirectory, remote: str | None) -> str | None:
    """Return what the remote lacks first, or why it cannot be asked; None where it has everything."""
    try:
        answers = ask([version], Objects(checkout.remote(remote)))
    except (NotFinished, UsageError) as error:
        return error.message
    findings = (*missing_object(version, answers), *other_object(version, answers))
    return findings[0].message if findings else None


class _Nowhere:
    """A remote that has nothing: what is fetched from it can only come from the cache."""

    name = "nowhere"

    def describe(self) -> str:
        return self.name

    def place(self, _oid: str) -> str:
        return self.name

    def sizes(self, _oids: Sequence[str]) -> Mapping[str, int]:
        return {}

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        from modelyard.storage.remotes import Arrival

        return (Arrival(request.oid, None) for request in requests)
