"""Objects of versions on their way to their remotes: what is there already stays, what arrived is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.demanding import require_server_side_encryption
from modelyard.api.pulling import wanted_objects
from modelyard.errors import DigestMismatch, NotFinished
from modelyard.storage.cache_source import CacheSource
from modelyard.storage.checking import check_bytes, check_sizes, list_directories
from modelyard.storage.progress import SILENT
from modelyard.storage.transfer import Pushed, push
from modelyard.storage.wanted import Wanted, WantedDirectory
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.api.checkout import Checkout
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot
    from modelyard.storage.checking import Listed
    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Remote
    from modelyard.version_directory import VersionDirectory

__all__ = ["Sent", "push_versions"]


@dataclass(frozen=True)
class Sent:
    """What one remote was sent.

    :param remote: its name and address, without credentials.
    """

    remote: str
    versions: tuple[VersionId, ...]
    pushed: Pushed


def push_versions(
    checkout: Checkout,
    snapshot: Snapshot,
    version_ids: Sequence[VersionId],
    *,
    read_back: bool = False,
    progress: Progress = SILENT,
) -> tuple[Sent, ...]:
    """Store in each remote what it lacks of the versions that name it, a directory's files before its manifest.

    What is there with the right size is skipped, so a push that was cut off goes on where it stopped.

    :param read_back: whether every byte is read there, of what was stored and of what was there before, and not only
        its size compared.
    :raises Refused: the documents of a version have faults; or a remote's server would not encrypt as the policy
        demands, in which case nothing was pushed anywhere.
    :raises DigestMismatch: an object in the cache is corrupt, or what was read back is.
    :raises NotFinished: an object is neither here nor there, or a remote cannot be reached or refuses.
    """
    snapshot.prefetch(version_ids)
    groups: dict[str | None, list[VersionDirectory]] = {}
    for version_id in version_ids:
        version = snapshot.version(version_id)
        if version.pointers:
            groups.setdefault(version.require_metadata().dvc_remote, []).append(version)
    for name in groups:
        require_server_side_encryption(snapshot.policy, checkout.remote_settings(name))
    return tuple(
        _Delivery(checkout, checkout.remote(name), versions).send(read_back=read_back, progress=progress)
        for name, versions in groups.items()
    )


class _Delivery:
    """The versions that one remote is to have."""

    def __init__(self, checkout: Checkout, remote: Remote, versions: Sequence[VersionDirectory]) -> None:
        self._cache = checkout.cache
        self._remote = remote
        self._versions = versions

    def send(self, *, read_back: bool, progress: Progress) -> Sent:
        owners, manifests, files = self._objects()
        wrong = [fault.oid for fault in check_sizes(files, self._remote) if fault.oid]
        known = self._remote.sizes(list(manifests)) if manifests else {}
        absent = [*wrong, *(oid for oid in manifests if oid not in known)]
        for oid in absent:
            if not self._cache.holds(oid):
                raise self._nowhere(oid, owners[oid])
        pushed = push(absent, self._cache, self._remote, progress=progress)
        if read_back:
            self._read_back(files, manifests)
        present = len(files) + len(manifests) - pushed.objects
        versions = tuple(version.id for version in self._versions)
        return Sent(self._remote.describe(), versions, Pushed(pushed.objects, pushed.size, present))

    def _objects(self) -> tuple[Mapping[str, VersionId], dict[str, WantedDirectory], list[Wanted]]:
        """Return whose each object is, the directories by the ids of their manifests, and all files."""
        owners: dict[str, VersionId] = {}
        manifests: dict[str, WantedDirectory] = {}
        files: dict[str, Wanted] = {}
        for version in self._versions:
            for item in wanted_objects(version, version.require_metadata()).values():
                owners.setdefault(item.oid, version.id)
                if isinstance(item, Wanted):
                    files[item.oid] = item
                else:
                    manifests[item.oid] = item
        for oid, listed in self._listed(manifests).files.items():
            for file in listed:
                owners.setdefault(file.oid, owners[oid])
                files[file.oid] = file
        return owners, manifests, list(files.values())

    def _listed(self, manifests: Mapping[str, WantedDirectory]) -> Listed:
        """Return what the manifests list, of which one may be here or there."""
        here = [item for oid, item in manifests.items() if self._cache.holds(oid)]
        there = [item for oid, item in manifests.items() if not self._cache.holds(oid)]
        found, others = list_directories(here, CacheSource(self._cache.root)), list_directories(there, self._remote)
        for fault in found.faults:
            raise DigestMismatch(fault.message, hint="modelyard pull brings a good one where the remote has it")
        return type(found)({**found.files, **others.files}, others.faults)

    def _read_back(self, files: Sequence[Wanted], manifests: Mapping[str, WantedDirectory]) -> None:
        faults = [*list_directories(list(manifests.values()), self._remote).faults, *check_bytes(files, self._remote)]
        for fault in faults:
            raise DigestMismatch(
                fault.message, hint="delete the object there, and run the command again where its bytes are good"
            )

    def _nowhere(self, oid: str, version_id: VersionId) -> NotFinished:
        return NotFinished(
            f"object {oid} of {version_id} was never pushed: it is neither in {self._remote.describe()} "
            "nor in the cache of this clone",
            hint=f"run `modelyard push {version_id}` in the clone that it was registered in; "
            f"`modelyard history {version_id.name}` says by whom",
        )
