"""From a delivery to a whole directory, by way of the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import DigestMismatch, NotFinished
from modelyard.refs import Ref
from modelyard.storage.placing import place_directory, place_file
from modelyard.storage.transfer import Fetched, fetch
from modelyard.storage.wanted import Content, Wanted, WantedDirectory
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelyard.api.application.registries import Registries
    from modelyard.api.origin import Origin
    from modelyard.documents.delivery import Delivery
    from modelyard.snapshot import Snapshot
    from modelyard.storage.cache import Cache
    from modelyard.storage.progress import Progress

__all__ = ["Manner", "build", "wanted_of"]


@dataclass(frozen=True)
class Manner:
    """How artifacts are fetched and put in place.

    :param offline: asks no registry and no remote.
    :param jobs: how many objects at once.
    :param link: as for :func:`modelyard.storage.placing.place_file`.
    """

    offline: bool
    jobs: int
    link: bool
    progress: Progress


def build(delivery: Delivery, target: Path, address: str, registries: Registries, manner: Manner) -> Fetched:
    """Put all files of a delivery below an empty directory, each verified by sha256, size and md5, opened if sealed.

    :param address: of the registry, as the application writes it.
    :raises DigestMismatch: bytes are not what was locked.
    :raises NotFinished: an object is missing, or a registry or remote can't be reached, or is not to be asked.
    """
    cache = registries.origin(address).cache
    fetched = Fetched()
    if not _is_cached(delivery, cache):
        fetched = _bring(delivery, address, registries, manner)
    try:
        _place(delivery, cache, target, link=manner.link)
    except DigestMismatch:
        # The cache held other bytes. They are in quarantine now, so these come from where they are kept.
        if manner.offline or fetched.objects:
            raise
        fetched = _bring(delivery, address, registries, manner)
        _place(delivery, cache, target, link=manner.link)
    return fetched


def wanted_of(delivery: Delivery) -> dict[str, Wanted | WantedDirectory]:
    """Return what each file and each directory behind a pointer wants, by its path."""
    wanted: dict[str, Wanted | WantedDirectory] = {
        path: WantedDirectory(oid, dict(_contents(delivery, f"{path}/"))) for path, oid in delivery.directories.items()
    }
    for path, file in delivery.files.items():
        if file.md5 is not None and not any(path.startswith(f"{directory}/") for directory in delivery.directories):
            wanted[path] = Wanted(file.md5, file.sha256, file.size, file.sealed)
    return wanted


def _contents(delivery: Delivery, inside: str) -> Iterator[tuple[str, Content]]:
    for path, file in delivery.files.items():
        if path.startswith(inside):
            yield path.removeprefix(inside), Content(file.sha256, file.size, file.sealed)


def _is_cached(delivery: Delivery, cache: Cache) -> bool:
    from modelyard.storage.directories import files_of

    for wanted in wanted_of(delivery).values():
        if not cache.holds(wanted.oid):
            return False
        if isinstance(wanted, WantedDirectory):
            files = files_of(wanted, cache.read_manifest(wanted.oid)).values()
            if not all(cache.holds(file.oid) for file in files):
                return False
    return True


def _bring(delivery: Delivery, address: str, registries: Registries, manner: Manner) -> Fetched:
    if manner.offline:
        raise NotFinished(
            f"{delivery.version} is not in the cache, and --offline fetches nothing", hint="modelyard sync"
        )
    origin = registries.origin(address)
    with origin.reading() as snapshot:
        if snapshot.has(delivery.version):
            return _fetched(delivery, origin, snapshot, manner)
    # It was retired since. The commit that was locked still has it, and the remote may.
    pinned = registries.origin(address, commit=delivery.commit)
    with pinned.reading() as snapshot:
        return _fetched(delivery, pinned, snapshot, manner)


def _fetched(delivery: Delivery, origin: Origin, snapshot: Snapshot, manner: Manner) -> Fetched:
    """Take all that a delivery needs into the cache, as one commit of its registry says where it is."""
    origin.expect(Ref(delivery.version.name, delivery.version.version), snapshot)
    in_git = {path for path, file in delivery.files.items() if file.in_git}
    objects = wanted_of(delivery)
    behind = [wanted for path, wanted in objects.items() if path not in in_git]
    for path in sorted(in_git):
        _keep(delivery, path, objects[path], snapshot, origin.cache)
    if not behind:
        return Fetched()
    source = origin.source(snapshot, delivery.remote)
    return fetch(behind, source, origin.cache, jobs=manner.jobs, progress=manner.progress)


def _keep(delivery: Delivery, path: str, wanted: Wanted | WantedDirectory, snapshot: Snapshot, cache: Cache) -> None:
    """Take a file that lies in Git into the cache."""
    from modelyard.storage.digests import digest_bytes

    data = snapshot.version(delivery.version).whole(path)
    found = digest_bytes(data)
    difference = wanted.difference(found) if isinstance(wanted, Wanted) else None
    if difference:
        raise DigestMismatch(
            f"{path} of {delivery.version} is not what was locked: {difference}",
            hint="a version never changes: ask the owners of the registry what happened before you use it",
        )
    cache.add_bytes(data, found.md5)


def _place(delivery: Delivery, cache: Cache, target: Path, *, link: bool) -> None:
    for path, wanted in wanted_of(delivery).items():
        if isinstance(wanted, Wanted):
            place = target / (wanted.sealed.opened(path) if wanted.sealed else path)
            place_file(wanted, cache, place, beneath=target, link=link)
        else:
            place_directory(wanted, cache, target / path, beneath=target, link=link)
