"""Versions that lie in a clone's work tree and wait for their commit: nothing reads them before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.origin import CloneOrigin
from modelyard.documents import card, metadata
from modelyard.errors import UsageError
from modelyard.refs import Ref
from modelyard.resolve import resolve
from modelyard.snapshot import ROOT

if TYPE_CHECKING:
    from modelyard.api.origin import Origin
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["not_committed", "resolve_committed", "waiting_versions"]

_DOCUMENTS = (metadata.YAML_FILE, metadata.JSON_FILE, card.FILE)


def waiting_versions(origin: Origin, committed: Snapshot) -> tuple[VersionId, ...]:
    """Return the versions that lie in a clone's work tree and not in its last commit.

    What a pull left behind for another branch is none: a version has metadata, or a card at least.
    """
    if not isinstance(origin, CloneOrigin) or origin.commit:
        return ()
    work = origin.checkout.work_tree()
    fresh = (work.version(each) for each in work.version_ids if not committed.has(each))
    return tuple(each.id for each in fresh if any(name in each for name in _DOCUMENTS))


def resolve_committed(reference: str, origin: Origin, snapshot: Snapshot) -> VersionId:
    """Return the id of the version that a reference means in the snapshot of the origin's last commit.

    :raises UsageError: it means nothing there; the message says where a version only waits for its commit.
    :raises InvalidName: it is no reference.
    """
    ref = Ref.parse(reference)
    try:
        return resolve(ref, snapshot)
    except UsageError:
        for version_id in waiting_versions(origin, snapshot):
            if version_id.name == ref.name and ref.selector in (version_id.version, "latest"):
                raise not_committed(version_id) from None
        raise


def not_committed(version_id: VersionId) -> UsageError:
    """Return the refusal of a version that is in no commit yet."""
    return UsageError(
        f"{version_id} lies in the work tree, but in no commit yet",
        hint=f'git add {ROOT} && git commit -m "Register {version_id}"',
    )
