"""From a version in a registry to its delivery: what it is, pinned, so that getting it takes no registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.pulling import wanted_objects
from modelyard.documents.delivery import DeliveredFile, Delivery
from modelyard.errors import DigestMismatch, Refused
from modelyard.git.urls import shareable
from modelyard.storage.digests import digest_bytes
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
    metadata = version.require_metadata()
    if metadata.id != version_id:
        raise Refused(f"{version.path} says that it is {metadata.id}", hint=f"modelyard validate {version.path}")
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
        digests = digest_bytes(version.whole(path))
        if (digests.sha256, digests.size) != (record.sha256, record.size):
            raise DigestMismatch(
                f"{version.full_path(path)} has sha256 {digests.sha256} in Git, "
                f"but the metadata states {record.sha256}",
                hint=f"modelyard validate {version.path}",
            )
        oid = digests.md5
    return DeliveredFile(record.sha256, record.size, record.role, record.format, md5=oid, in_git=in_git)
