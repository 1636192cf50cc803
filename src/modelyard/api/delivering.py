"""From a version in a registry to its delivery: what it is, pinned, so that getting it takes no registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.addresses import shareable
from modelyard.api.pulling import read_from_git, stated_by, wanted_objects
from modelyard.documents.delivery import DeliveredFile, Delivery
from modelyard.storage.wanted import WantedDirectory

if TYPE_CHECKING:
    from modelyard.documents.metadata import Metadata
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = ["delivery_of"]


def delivery_of(snapshot: Snapshot, version_id: VersionId, *, registry: str, remote: str | None = None) -> Delivery:
    """Return the delivery of a version as the snapshot of a commit holds it.

    :param registry: where the snapshot is from; user and password in it are left out.
    :param remote: the DVC remote to take it from; None for the one that the version states.
    :raises Refused: the version's own documents have faults, or disagree.
    :raises DigestMismatch: bytes in Git are not what the metadata states.
    """
    version = snapshot.version(version_id)
    metadata = stated_by(version)
    objects = wanted_objects(version, metadata)
    manifests = {path: wanted.oid for path, wanted in objects.items() if isinstance(wanted, WantedDirectory)}
    oids = {path: wanted.oid for path, wanted in objects.items() if path not in manifests}
    return Delivery(
        registry=shareable(registry),
        commit=snapshot.tree.commit or "",
        version=version_id,
        artifact=metadata.artifact,
        files={path: _file(version, metadata, path, oids.get(path)) for path in sorted(metadata.files)},
        directories=manifests,
        remote=remote or metadata.dvc_remote,
    )


def _file(version: VersionDirectory, metadata: Metadata, path: str, oid: str | None) -> DeliveredFile:
    record = metadata.files[path]
    in_git = path in version
    if in_git:
        oid = read_from_git(version, metadata, path)[0].oid
    return DeliveredFile(
        record.sha256, record.size, record.role, record.format, md5=oid, in_git=in_git, sealed=record.sealed
    )
