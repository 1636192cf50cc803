"""The versions of a registry: which there are, which one is meant, and which is better."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from modelyard.api.registry.opened import Opened

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from modelyard.api.comparing import Contrast, Leaderboard
    from modelyard.api.model_version import ModelVersion
    from modelyard.api.origin import Origin
    from modelyard.api.smoking import Limits, Smoked
    from modelyard.evaluate.ranking import Ranked
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["Versions"]


class Versions(Opened):
    """A registry whose versions are found and compared."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Read a registry at an address once for all that is asked in the block; one in a clone is asked each time.

        >>> with registry.held():  # doctest: +SKIP
        ...     paths = [registry[f"{name}@production"].path() for name in ("fraud", "churn")]
        """
        with self._origin.held():
            yield

    def __getitem__(self, reference: str) -> ModelVersion:
        """Return the version that a reference means.

        :raises UsageError: it means nothing here.
        :raises InvalidName: it is no reference.
        """
        return self.version(reference)

    def version(self, reference: str, *, allow_yanked: bool = False) -> ModelVersion:
        """Return the version that a reference means.

        :param allow_yanked: whether a version that was yanked is meant where it is named itself.
        :raises UsageError: it means nothing here.
        :raises InvalidName: it is no reference.
        """
        with self._origin.reading() as snapshot:
            from modelyard.api.waiting import resolve_committed

            version_id = resolve_committed(reference, self._origin, snapshot, allow_yanked=allow_yanked)
            return _version(self._origin, snapshot, version_id)

    def resolve(self, reference: str, *, allow_yanked: bool = False) -> VersionId:
        """Return the id of the version that a reference means; see :func:`modelyard.resolve.resolve`.

        :param allow_yanked: as for :meth:`version`.
        """
        with self._origin.reading() as snapshot:
            from modelyard.api.waiting import resolve_committed

            return resolve_committed(reference, self._origin, snapshot, allow_yanked=allow_yanked)

    def smoke(
        self,
        reference: str | os.PathLike[str],
        *,
        safe: bool = False,
        trusted: Sequence[str] = (),
        limits: Limits | None = None,
        require_isolation: bool = False,
    ) -> Smoked:
        """Load a version in a confined process, and try its smoke test; see :func:`modelyard.api.smoking.smoke`.

        :param reference: a version, or its directory in the work tree, which need not be committed.
        :param limits: memory and time; 4 GiB and 120 seconds without.
        :raises ModelyardError: as there; that answers differ is no error, but what is returned.
        """
        from pathlib import Path

        from modelyard.api.smoking import smoke, smoke_directory
        from modelyard.api.smoking.drafted import drafted

        options: dict[str, Any] = {
            "safe": safe,
            "trusted": trusted,
            "limits": limits,
            "require_isolation": require_isolation,
        }
        if "@" not in str(reference):
            directory, place = drafted(Path(reference))
            return smoke_directory(directory, place, **options)
        return smoke(self[str(reference)], **options)

    def smoke_change(
        self,
        base: str = "auto",
        *,
        safe: bool = False,
        trusted: Sequence[str] = (),
        limits: Limits | None = None,
        require_isolation: bool = False,
    ) -> tuple[Smoked, ...]:
        """Smoke test each version that the commit checked out registers; see :meth:`smoke`.

        The remotes are those of the base: nothing is fetched from where only the change says.

        :param base: a revision, or ``auto`` for the commit that the change starts from.
        :raises UsageError: this is no clone, or a revision is not one.
        :raises NotFinished: the base is not in this clone, or it has no remotes.
        :raises ModelyardError: as for :meth:`smoke`.
        """
        from modelyard.api.smoking import smoke
        from modelyard.api.smoking.changed import registered_since

        origin, registered = registered_since(self._clone("brings a change"), base)
        with origin.reading() as snapshot:
            versions = [_version(origin, snapshot, each) for each in registered]
        return tuple(
            smoke(version, safe=safe, trusted=trusted, limits=limits, require_isolation=require_isolation)
            for version in versions
        )

    def compare(
        self, *references: str, only: Sequence[str] = (), margins: Mapping[str, float] | None = None
    ) -> tuple[Contrast, ...]:
        """Hold each version after the first one against the first; see :func:`modelyard.api.comparing.compare_all`.

        :param only: full names of metrics; empty for all.
        :param margins: by metric, the difference that does not matter.
        :raises UsageError: a reference means nothing, or no version has one of the metrics.
        """
        from modelyard.api.comparing import compare_all

        return compare_all(self._origin, references, only=only, margins=margins)

    def leaderboard(self, name: str, *, by: str = "score") -> Leaderboard:
        """Rank the versions of a model by the policy's score or a metric.

        :raises UsageError: there is no such model, the policy makes no scores, or no version has the metric.
        """
        from modelyard.api.comparing import leaderboard

        return leaderboard(self._origin, name, by=by)

    def best(self, name: str, *, by: str = "score") -> Ranked:
        """Return the version that stands first in the leaderboard.

        :raises UsageError: as for :meth:`leaderboard`, or no version takes part in it.
        """
        from modelyard.api.comparing import best_version

        return best_version(self._origin, name, by=by)

    def versions(self, name: str | None = None) -> tuple[ModelVersion, ...]:
        """Return all versions, or those of one model, oldest first.

        :raises Refused: the metadata of one has faults.
        """
        with self._origin.reading() as snapshot:
            ids = [each for each in snapshot.version_ids if name in (None, each.name)]
            snapshot.prefetch(ids)
            return tuple(_version(self._origin, snapshot, each) for each in ids)


def _version(origin: Origin, snapshot: Snapshot, version_id: VersionId) -> ModelVersion:
    from modelyard.api.model_version import ModelVersion

    directory = snapshot.version(version_id)
    metadata = directory.require_metadata()
    metrics = directory.metrics.value if directory.metrics else None
    return ModelVersion(
        version_id,
        origin=origin,
        commit=snapshot.tree.commit,
        metadata=metadata,
        metrics=metrics.values if metrics else {},
    )
