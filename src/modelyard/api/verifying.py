"""Verification of what is stored: of the objects of versions, in the cache and in the remotes. Nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.crews import alone
from modelyard.api.origin import cache_directory
from modelyard.api.pulling import wanted_objects
from modelyard.errors import NotFinished
from modelyard.storage.cache_source import CacheSource
from modelyard.storage.checked import Checked
from modelyard.storage.checking import Fault, FaultKind, batches, check_sizes, list_directories
from modelyard.storage.progress import SILENT
from modelyard.storage.transfer import require_one_content
from modelyard.storage.verification import Inspected, Verification
from modelyard.storage.wanted import Wanted, WantedDirectory
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.api.crews import Crew
    from modelyard.api.origin import Origin
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot
    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Source
    from modelyard.storage.verification import Scrutiny

__all__ = ["verify_versions"]


def verify_versions(
    origin: Origin,
    snapshot: Snapshot,
    version_ids: Sequence[VersionId],
    scrutiny: Scrutiny,
    *,
    crew: Crew = alone,
    progress: Progress = SILENT,
) -> Verification:
    """Look at the objects of versions in the cache and, if asked to, in the remote of each.

    A deep run that is interrupted goes on where it stopped, for the same commit, place and shard.

    :raises Refused: the documents of a version have faults, so nobody knows what it needs.
    :raises UsageError: there is no such remote, or its client is missing.
    :raises NotFinished: what was found cannot be kept for a later run.
    """
    commit = snapshot.tree.commit or ""
    snapshot.prefetch(version_ids)
    needs = [_Need.of(snapshot, version_id) for version_id in version_ids]
    inspection = _Inspection(scrutiny, commit, crew, progress)
    places = [inspection.of_cache(CacheSource(origin.cache.root), needs)]
    if scrutiny.remote:
        for name in dict.fromkeys(need.remote for need in needs if need.objects):
            here = [need for need in needs if need.remote == name]
            places.append(inspection.of(origin.source(snapshot, name), here))
    needed_by = {oid: tuple(sorted(ids)) for oid, ids in inspection.needed_by.items()}
    return Verification(commit, scrutiny, tuple(version_ids), tuple(places), needed_by)


@dataclass(frozen=True)
class _Need:
    """One version, the remote that it names, and what it needs."""

    version_id: VersionId
    remote: str | None
    objects: tuple[Wanted | WantedDirectory, ...]

    @classmethod
    def of(cls, snapshot: Snapshot, version_id: VersionId) -> _Need:
        version = snapshot.version(version_id)
        metadata = version.require_metadata()
        return cls(version_id, metadata.dvc_remote, tuple(wanted_objects(version, metadata).values()))


class _Inspection:
    """One run over all places."""

    def __init__(self, scrutiny: Scrutiny, commit: str, crew: Crew, progress: Progress) -> None:
        self._scrutiny = scrutiny
        self._commit = commit
        self._crew = crew
        self._progress = progress
        self.needed_by: dict[str, set[VersionId]] = {}

    def of_cache(self, cache: CacheSource, needs: Sequence[_Need]) -> Inspected:
        """Inspect the cache; where the remotes are asked too, it may lack anything."""
        found = self.of(cache, needs, shallow_first=True)
        if not self._scrutiny.remote:
            return found
        faults = tuple(fault for fault in found.faults if fault.kind is not FaultKind.MISSING)
        absent = len(found.faults) - len(faults)
        return Inspected(found.place, found.objects, found.size, found.resumed, absent, faults)

    def of(self, source: Source, needs: Sequence[_Need], *, shallow_first: bool = False) -> Inspected:
        """Inspect one place."""
        try:
            files, manifests, faults = self._expected(source, needs)
            asked = len(files) + manifests
            size = sum(item.size for item in files)
            if not self._scrutiny.deep:
                return Inspected(source.describe(), asked, size, faults=(*faults, *check_sizes(files, source)))
            if shallow_first:
                missing = [fault for fault in check_sizes(files, source) if fault.kind is FaultKind.MISSING]
                faults += missing
                gone = {fault.oid for fault in missing}
                files = [item for item in files if item.oid not in gone]
            resumed, found = self._read(source, files)
            return Inspected(source.describe(), asked, size, resumed, faults=(*faults, *found))
        except NotFinished as error:
            fault = Fault(FaultKind.UNREACHABLE, None, error.message)
            return Inspected(source.describe(), 0, 0, faults=(fault,))

    def _expected(self, source: Source, needs: Sequence[_Need]) -> tuple[list[Wanted], int, list[Fault]]:
        """Return the files of our shard, the number of its manifests, and the faults of these."""
        directories = {item.oid: item for need in needs for item in need.objects if isinstance(item, WantedDirectory)}
        listed = list_directories(list(directories.values()), source)
        files: dict[str, Wanted] = {}
        for need in needs:
            for item in need.objects:
                self._need(item.oid, need)
                for file in listed.files.get(item.oid, ()) if isinstance(item, WantedDirectory) else (item,):
                    self._need(file.oid, need)
                    require_one_content(files.setdefault(file.oid, file), file)
        shard = self._scrutiny.shard
        ours = [files[oid] for oid in sorted(files) if oid in shard]
        return (
            ours,
            sum(oid in shard for oid in directories),
            [each for each in listed.faults if each.oid and each.oid in shard],
        )

    def _need(self, oid: str, need: _Need) -> None:
        self.needed_by.setdefault(oid, set()).add(need.version_id)

    def _read(self, source: Source, files: Sequence[Wanted]) -> tuple[int, list[Fault]]:
        shard = str(self._scrutiny.shard)
        checked = Checked(cache_directory() / "verifying", self._commit, source.describe(), shard)
        right = frozenset() if self._scrutiny.anew else checked.read()
        resumed = [item for item in files if item.oid in right]
        faults: list[Fault] = []
        self._progress.advance(sum(item.size for item in resumed))
        remaining = list(batches(item for item in files if item.oid not in right))
        for batch, found in self._crew(source, remaining) if remaining else ():
            wrong = {fault.oid for fault in found}
            checked.add(item.oid for item in batch if item.oid not in wrong)
            self._progress.advance(sum(item.size for item in batch))
            faults += found
        checked.forget()
        return len(resumed), sorted(faults, key=lambda fault: fault.oid or "")
