"""Objects where they are kept, held against what the registry says of them. Nothing is changed."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.errors import DigestMismatch, NotFinished
from modelyard.storage.digests import Digester, chunks
from modelyard.storage.directories import files_of
from modelyard.storage.manifests import MAX_SIZE, manifest_oid
from modelyard.storage.remotes import Request
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from modelyard.storage.digests import Digests
    from modelyard.storage.remotes import Source
    from modelyard.storage.wanted import Wanted, WantedDirectory

__all__ = ["Fault", "FaultKind", "Listed", "batches", "check_bytes", "check_sizes", "list_directories"]

_BATCH_BYTES = 256 << 20
_BATCH_OBJECTS = 64


class FaultKind(Enum):
    """What can be wrong with an object in one place."""

    CORRUPT = "corrupt"
    MISSING = "missing"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in one place.

    :param oid: the object; None where the place as a whole could not be asked.
    :param message: names the place and the object, and never a credential.
    """

    kind: FaultKind
    oid: str | None
    message: str


@dataclass(frozen=True)
class Listed:
    """Directories, looked up: the files of those whose manifest is right, and the faults of the others.

    :param files: what each file must be, by the id of the manifest that lists it.
    """

    files: dict[str, tuple[Wanted, ...]]
    faults: tuple[Fault, ...]


def check_sizes(expected: Sequence[Wanted], source: Source) -> list[Fault]:
    """Return which objects are missing or have another size, by one question for all of them.

    :raises NotFinished: the place cannot be asked.
    """
    sizes = source.sizes([item.oid for item in expected]) if expected else {}
    faults = []
    for item in expected:
        found = sizes.get(item.oid)
        if found is None:
            faults.append(_missing(item.oid, source))
        elif found != item.size:
            faults.append(_corrupt(item.oid, source, f"expected {item.size} bytes, found {found}"))
    return faults


def check_bytes(expected: Sequence[Wanted], source: Source) -> list[Fault]:
    """Return which objects are missing, or have other bytes; every byte of each is read, and none is kept.

    Where the place fails half-way, so does every object that was not read by then.
    """
    faults: list[Fault] = []
    read = 0
    try:
        arrivals = source.fetch_many([Request(item.oid, item.limit) for item in expected]) if expected else ()
        for item, arrival in zip(expected, arrivals, strict=True):
            if arrival.stream is None:
                faults.append(_missing(item.oid, source))
            elif difference := item.difference(_digests(arrival.stream, item.limit)):
                faults.append(_corrupt(item.oid, source, difference))
            read += 1
    except (NotFinished, OSError) as error:
        faults += [_unreachable(item.oid, source, str(error)) for item in expected[read:]]
    return faults


def list_directories(directories: Sequence[WantedDirectory], source: Source) -> Listed:
    """Return the files of directories, by their manifests in that place, which are read and verified.

    :raises NotFinished: the place cannot be asked.
    """
    wanted = {directory.oid: directory for directory in directories}
    files: dict[str, tuple[Wanted, ...]] = {}
    faults: list[Fault] = []
    arrivals = source.fetch_many([Request(oid, MAX_SIZE) for oid in wanted]) if wanted else ()
    for arrival in arrivals:
        if arrival.stream is None:
            faults.append(_missing(arrival.oid, source))
            continue
        data = arrival.stream.read(MAX_SIZE + 1)
        if manifest_oid(data) != arrival.oid:
            found = manifest_oid(data).partition(".")[0]
            faults.append(_corrupt(arrival.oid, source, f"expected md5 {arrival.oid[:32]}, found {found}"))
            continue
        try:
            files[arrival.oid] = tuple(files_of(wanted[arrival.oid], data).values())
        except DigestMismatch as error:
            faults.append(Fault(FaultKind.CORRUPT, arrival.oid, f"{error.message}, in {source.place(arrival.oid)}"))
    return Listed(files, tuple(faults))


def batches(expected: Iterable[Wanted]) -> Iterator[tuple[Wanted, ...]]:
    """Yield the objects in portions that one process checks in one go."""
    batch: list[Wanted] = []
    size = 0
    for item in expected:
        if batch and (size + item.size > _BATCH_BYTES or len(batch) == _BATCH_OBJECTS):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield tuple(batch)


def _digests(stream: BinaryIO, limit: int) -> Digests:
    digester = Digester()
    for chunk in chunks(stream, limit=limit + 1):
        digester.update(chunk)
    return digester.digests()


def _missing(oid: str, source: Source) -> Fault:
    return Fault(FaultKind.MISSING, oid, f"object {oid} is not in {source.place(oid)}")


def _corrupt(oid: str, source: Source, difference: str) -> Fault:
    return Fault(FaultKind.CORRUPT, oid, f"object {oid} in {source.place(oid)} is corrupt: {difference}")


def _unreachable(oid: str, source: Source, reason: str) -> Fault:
    return Fault(FaultKind.UNREACHABLE, oid, f"object {oid} in {source.place(oid)} could not be read: {reason}")
