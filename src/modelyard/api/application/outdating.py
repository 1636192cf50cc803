"""What is locked, held against what the registries say by now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.application.project import find_project
from modelyard.api.application.registries import Registries
from modelyard.errors import UsageError
from modelyard.refs import Ref
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.api.origin import Origin
    from modelyard.documents.lockfile import Locked
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["Standing", "outdated_models"]


@dataclass(frozen=True)
class Standing:
    """One model of an application.

    :param wanted: what its reference means by now; None where it means nothing, and ``remarks`` say why.
    :param latest: the highest release, None where there is none.
    :param remarks: what is wrong with the locked version by now: yanked, retired, deprecated.
    """

    name: str
    locked: Locked
    wanted: VersionId | None
    latest: VersionId | None
    remarks: tuple[str, ...] = ()

    @property
    def is_outdated(self) -> bool:
        """Whether an update would move it, or nobody should use it any more."""
        return self.wanted != self.locked.delivery.version or bool(self.remarks)


def outdated_models(start: Path | str = ".") -> tuple[Standing, ...]:
    """Return each model that is locked, beside what its reference means by now; each registry is asked once.

    :raises UsageError: there is no list of models, or it or the lock has faults.
    :raises Refused: the lock is not what is asked for.
    :raises NotFinished: a registry can't be reached.
    """
    from modelyard.api.application.locking import require_agreement

    project = find_project(Path(start))
    lock = project.require_lock()
    require_agreement(project, lock)
    registries = Registries(project.directory)
    found = []
    for name, locked in lock.models.items():
        dependency = project.application.models[name]
        found.append(_standing(name, locked, registries.origin(dependency.registry)))
    return tuple(found)


def _standing(name: str, locked: Locked, origin: Origin) -> Standing:
    with origin.reading() as snapshot:
        wanted, why = _meaning(locked.reference, origin, snapshot)
        latest, _why = _meaning(Ref(locked.reference.name, "latest"), origin, snapshot)
        remarks = tuple(_remarks(locked.delivery.version, snapshot))
        # A version that was yanked is said to be so once.
        return Standing(name, locked, wanted, latest, remarks or why)


def _meaning(reference: Ref, origin: Origin, snapshot: Snapshot) -> tuple[VersionId | None, tuple[str, ...]]:
    from modelyard.api.waiting import resolve_committed

    try:
        return resolve_committed(str(reference), origin, snapshot), ()
    except UsageError as error:
        return None, (error.message,)


def _remarks(version_id: VersionId, snapshot: Snapshot) -> Iterator[str]:
    parsed = snapshot.model(version_id.name)
    model = parsed.value if parsed else None
    if model is None:
        return
    if version_id.version in model.yanked:
        yield f"{version_id} was yanked: {model.yanked[version_id.version]}"
    if version_id.version in model.retired:
        yield f"{version_id} was retired: {model.retired[version_id.version].reason}"
    if model.deprecation:
        instead = f"; use {model.deprecation.replacement}" if model.deprecation.replacement else ""
        yield f"{version_id.name} is deprecated: {model.deprecation.reason}{instead}"
