"""One version in full: what it states, and how it came to stand where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.listing import stages_of
from modelyard.api.waiting import resolve_committed
from modelyard.errors import NotFinished
from modelyard.history import stage_events
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.api.listing import Seat
    from modelyard.api.origin import Origin
    from modelyard.documents.metadata import Metadata
    from modelyard.documents.model import Model
    from modelyard.git.line import LineCommit
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["ShownVersion", "Standing", "show_version"]


@dataclass(frozen=True)
class Standing:
    """A stage that a version is in, why, and the commit that put it there where history says it."""

    seat: Seat
    reason: str | None
    since: LineCommit | None


@dataclass(frozen=True)
class ShownVersion:
    """All that the registry says about one version."""

    id: VersionId
    commit: str | None
    metadata: Metadata
    metrics: Mapping[str, float]
    model: Model | None
    standings: tuple[Standing, ...]


def show_version(origin: Origin, reference: str, *, allow_yanked: bool = False) -> ShownVersion:
    """Return what the registry says about the version that a reference means.

    :param allow_yanked: whether a version that was yanked is meant where it is named itself.
    :raises UsageError: it means nothing here.
    :raises Refused: its metadata has faults.
    """
    with origin.reading() as snapshot:
        version_id = resolve_committed(reference, origin, snapshot, allow_yanked=allow_yanked)
        directory = snapshot.version(version_id)
        metadata = directory.require_metadata()
        metrics = directory.metrics.value if directory.metrics else None
        model = snapshot.model(version_id.name)
        stages = stages_of(snapshot).get(version_id, ())
        return ShownVersion(
            version_id,
            snapshot.tree.commit,
            metadata,
            metrics.values if metrics else {},
            model.value if model else None,
            tuple(_standing(origin, snapshot, version_id, seat) for seat in stages),
        )


def _standing(
    origin: Origin,
    snapshot: Snapshot,
    version_id: VersionId,
    seat: Seat,
) -> Standing:
    parsed = snapshot.promotion(seat.stage, version_id.name)
    reason = parsed.value.reason if parsed and parsed.value else None
    return Standing(seat, reason, _since(origin, snapshot, version_id, seat.stage))


def _since(
    origin: Origin,
    snapshot: Snapshot,
    version_id: VersionId,
    stage: str,
) -> LineCommit | None:
    """Return the commit that brought the version into the stage this time; None where history is cut off."""
    if snapshot.tree.commit is None:
        return None
    since: LineCommit | None = None
    try:
        with origin.objects() as reader:
            for event in stage_events(reader, snapshot.tree.commit, stage, version_id.name):
                if version_id.version not in event.versions:
                    break
                since = event.entry
    except NotFinished:
        return None
    return since
