"""Transfers between cache and remote: what arrives is verified, or it has not arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import DigestMismatch, NotFinished
from modelyard.storage.cache import not_cached
from modelyard.storage.directories import files_of, listed_files
from modelyard.storage.jobs import JOBS
from modelyard.storage.layout import is_directory_oid
from modelyard.storage.manifests import MAX_SIZE
from modelyard.storage.progress import SILENT, Progress, arrived
from modelyard.storage.remotes import Outgoing, Remote, Request, Resumable, Source
from modelyard.storage.wanted import Corruption, Expected, Named, Outcome, Wanted, WantedDirectory
from modelyard.storage.writing import require_space
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from modelyard.storage.cache import Cache

__all__ = ["Fetched", "Pushed", "fetch", "push", "require_one_content"]


@dataclass(frozen=True)
class Pushed:
    """What a push did: objects and bytes that were stored, and objects that were there already."""

    objects: int
    size: int
    present: int


@dataclass(frozen=True)
class Fetched:
    """What a fetch did: objects and bytes that came from the remote, and corruption that it healed."""

    objects: int = 0
    size: int = 0
    healed: tuple[Corruption, ...] = ()

    def __add__(self, other: Fetched) -> Fetched:
        return Fetched(self.objects + other.objects, self.size + other.size, self.healed + other.healed)


def push(oids: Sequence[str], cache: Cache, remote: Remote, *, progress: Progress = SILENT) -> Pushed:
    """Store objects of the cache in a remote, a directory's files before its manifest.

    So a manifest that is in the remote says that its directory is there too. What is there already with
    the right size is skipped, and of what was stored the size is compared.

    :raises DigestMismatch: an object in the cache is corrupt; it is in quarantine now.
    :raises KeyboardInterrupt: says what stays there, where enough was sent for an object to be whole.
    :raises NotFinished: an object is not in the cache, or the remote cannot be reached or refuses.
    """
    manifests = [oid for oid in dict.fromkeys(oids) if is_directory_oid(oid)]
    files = dict.fromkeys(oid for oid in oids if not is_directory_oid(oid))
    for oid in manifests:
        files |= dict.fromkeys(listed_files(oid, cache.read_manifest(oid)).values())
    sizes = {oid: _cached_size(oid, cache) for oid in (*files, *manifests)}
    present = remote.sizes(list(sizes)) if sizes else {}
    absent = {oid: size for oid, size in sizes.items() if present.get(oid) != size}
    counting = _Counting(progress)
    try:
        for batch in (files, manifests):
            _push_batch({oid: absent[oid] for oid in batch if oid in absent}, cache, remote, counting)
    except KeyboardInterrupt as interrupt:
        if counting.size < max(1, min(absent.values(), default=0)):
            raise
        stays = f"what was stored in {remote.describe()} stays until `modelyard gc --remote`; the next push skips it"
        raise KeyboardInterrupt(stays) from interrupt
    progress.done()
    return Pushed(len(absent), sum(absent.values()), len(sizes) - len(absent))


class _Counting:
    """Progress that knows how many bytes there were."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.size = 0

    def advance(self, count: int) -> None:
        """Count bytes."""
        self.size += count
        self._progress.advance(count)

    def done(self) -> None:
        """Nothing more will come."""
        self._progress.done()


def fetch(
    wanted: Sequence[Wanted | WantedDirectory],
    source: Source,
    cache: Cache,
    *,
    jobs: int = JOBS,
    progress: Progress = SILENT,
) -> Fetched:
    """Bring objects into the cache, and verify all of them, those that lay there already included.

    A corrupt object, in the cache or on its way, is put in quarantine and fetched once more.

    :param jobs: how many objects at once, from a remote that can be read so.
    :raises DigestMismatch: an object was corrupt twice, or a manifest lists other files than wanted.
    :raises NotFinished: an object is not in the remote, or the remote cannot be reached, or the disk is full.
    """
    directories = [item for item in wanted if isinstance(item, WantedDirectory)]
    files = [item for item in wanted if isinstance(item, Wanted)]
    fetched = _fetch_verified([Named(item.oid, MAX_SIZE) for item in directories], source, cache, jobs, SILENT)
    for directory in directories:
        files += files_of(directory, cache.read_manifest(directory.oid)).values()
    needed = sum(item.size for item in _distinct(files) if not cache.holds(item.oid))
    require_space(cache.root, needed, what=f"the copy of {source.describe()} in the cache")
    fetched += _fetch_verified(_distinct(files), source, cache, jobs, progress)
    progress.done()
    return fetched


def _distinct(files: Sequence[Wanted]) -> list[Wanted]:
    distinct = {file.oid: file for file in files}
    for file in files:
        require_one_content(distinct[file.oid], file)
    return list(distinct.values())


def require_one_content(first: Wanted, second: Wanted) -> None:
    """Do nothing where one object is wanted twice and as the same.

    :raises DigestMismatch: two contents are stated of it.
    """
    if first != second:
        hint = "look at the metadata of this version: one of the two is wrong"
        raise DigestMismatch(f"object {first.oid} is said to have two contents", hint=hint)


def _fetch_verified(
    expected: Sequence[Expected], source: Source, cache: Cache, jobs: int, progress: Progress
) -> Fetched:
    held = {item.oid for item in expected if cache.holds(item.oid)}
    spoilt = {item.oid: found for item in expected if item.oid in held and (found := cache.verify(item))}
    absent = [item for item in expected if item.oid not in held or item.oid in spoilt]
    corrupt = _receive(absent, source, cache, jobs, progress)
    again = [item for item in absent if item.oid in corrupt]
    twice = _receive(again, source, cache, jobs, progress, is_doubted=True)
    for corruption in twice.values():
        raise corruption.error()
    size = sum(cache.path(item.oid).stat().st_size for item in absent)
    return Fetched(len(absent), size, (*spoilt.values(), *corrupt.values()))


def _receive(
    expected: Sequence[Expected],
    source: Source,
    cache: Cache,
    jobs: int,
    progress: Progress,
    *,
    is_doubted: bool = False,
) -> dict[str, Corruption]:
    if not expected:
        return {}
    if isinstance(source, Resumable):
        from modelyard.storage.receiving import receive_all

        outcomes = receive_all(expected, source, cache, jobs=jobs, progress=progress, is_doubted=is_doubted)
    else:
        outcomes = _receive_in_order(expected, source, cache, progress)
    if missing := [oid for oid, outcome in outcomes.items() if outcome.missing]:
        raise _missing(missing, source)
    return {oid: outcome.corruption for oid, outcome in outcomes.items() if outcome.corruption}


def _receive_in_order(
    expected: Sequence[Expected], source: Source, cache: Cache, progress: Progress
) -> Mapping[str, Outcome]:
    arrivals = source.fetch_many([Request(item.oid, item.limit) for item in expected])
    return {
        item.oid: Outcome(_take(item, arrival.stream, source, cache, progress))
        if arrival.stream
        else Outcome(missing=True)
        for item, arrival in zip(expected, arrivals, strict=True)
    }


def _take(expected: Expected, stream: BinaryIO, source: Source, cache: Cache, progress: Progress) -> Corruption | None:
    with cache.receiving() as received:
        found = received.file.receive(stream, limit=expected.limit + 1, progress=progress)
        difference = expected.difference(found)
        if difference is None:
            received.keep(expected.oid, found, lasting=False)
            arrived(progress)
            return None
        quarantine = received.quarantine(expected.oid, found)
    return Corruption(expected.oid, source.place(expected.oid), difference, quarantine)


def _missing(oids: Sequence[str], source: Source) -> NotFinished:
    more = f" (and {len(oids) - 1} more)" if len(oids) > 1 else ""
    hint = "run `modelyard push` where the model was registered"
    return NotFinished(f"object {oids[0]}{more} is not in {source.describe()}", hint=hint)


def _push_batch(sizes: Mapping[str, int], cache: Cache, remote: Remote, progress: Progress) -> None:
    for oid in sizes:
        if corruption := cache.verify(Named(oid)):
            raise corruption.error()
    objects = [Outgoing(oid, cache.path(oid)) for oid in sizes]
    arrived = remote.push_many(objects, progress=progress) if objects else {}
    for oid, size in sizes.items():
        if arrived.get(oid) != size:
            found = "it is not there" if oid not in arrived else f"it has {arrived[oid]} bytes there"
            message = f"object {oid} of {size} bytes did not arrive in {remote.describe()}: {found}"
            raise NotFinished(message, hint="run the command again")


def _cached_size(oid: str, cache: Cache) -> int:
    try:
        return cache.path(oid).stat().st_size
    except OSError as error:
        raise not_cached(oid) from error
