"""Listing: every version with the stages that it is in."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from modelyard.api.waiting import waiting_versions
from modelyard.errors import UsageError
from modelyard.names import VersionId, parse_model_name
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.api.origin import Origin
    from modelyard.documents.metadata import Metadata
    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot

__all__ = ["ListedVersion", "Seat", "list_versions", "require_model", "stages_of", "uncommitted"]


@dataclass(frozen=True)
class Seat:
    """A stage that a version is in, and its share of the traffic in whole percent where there are several."""

    stage: str
    share: int | None = None

    def __str__(self) -> str:
        return self.stage if self.share is None else f"{self.stage} {self.share}%"


@dataclass(frozen=True)
class ListedVersion:
    """One version of a list; ``metadata`` is None where it has faults."""

    id: VersionId
    metadata: Metadata | None
    stages: tuple[Seat, ...]
    yanked: str | None

    @property
    def framework(self) -> str | None:
        """Name and version of the framework, as far as they are known."""
        framework = self.metadata.framework if self.metadata else None
        return str(framework) if framework else None


def list_versions(origin: Origin, name: str | None = None) -> tuple[ListedVersion, ...]:
    """Return the versions of all models, or of one, oldest first.

    :raises UsageError: there is no model of that name.
    """
    with origin.reading() as snapshot:
        if name is not None:
            require_model(snapshot, name)
        ids = [each for each in snapshot.version_ids if name in (None, each.name)]
        snapshot.prefetch(ids)
        snapshot.prefetch_documents()
        stages = stages_of(snapshot)
        return tuple(_listed(snapshot, each, stages.get(each, ())) for each in ids)


def stages_of(snapshot: Snapshot) -> dict[VersionId, tuple[Seat, ...]]:
    """Return the stages that each version is in, in the policy's order."""
    found: dict[VersionId, tuple[Seat, ...]] = {}
    order: list[str] = [stage.name for stage in snapshot.policy.stages]
    for stage in sorted(
        snapshot.stage_names, key=lambda name: (name not in order, name in order and order.index(name))
    ):
        for model in snapshot.models_in(stage):
            parsed = snapshot.promotion(stage, model)
            promotion = parsed.value if parsed else None
            for version in sorted({promotion.version, *promotion.traffic}) if promotion else ():
                share = promotion.traffic.get(version) if promotion else None
                key = VersionId(model, version)
                found[key] = (*found.get(key, ()), Seat(stage, share))
    return found


def uncommitted(origin: Origin) -> tuple[VersionId, ...]:
    """Return the versions that lie in a clone's work tree and in no commit yet."""
    with origin.reading() as snapshot:
        return waiting_versions(origin, snapshot)


def require_model(snapshot: Snapshot, text: str) -> ModelName:
    """Return the name of a model that is there.

    :raises InvalidName: it is no name of a model.
    :raises UsageError: there is no model of that name.
    """
    name = parse_model_name(text)
    if name not in snapshot.model_names:
        near = get_close_matches(name, snapshot.model_names, n=3) or list(snapshot.model_names)
        raise UsageError(f"there is no model {name!r}", hint=f"models here: {', '.join(near) or 'none'}")
    return name


def _listed(snapshot: Snapshot, version_id: VersionId, stages: tuple[Seat, ...]) -> ListedVersion:
    parsed = snapshot.version(version_id).metadata
    model = snapshot.model(version_id.name)
    yanked = model.value.yanked.get(version_id.version) if model and model.value else None
    return ListedVersion(version_id, parsed.value if parsed else None, stages, yanked)
