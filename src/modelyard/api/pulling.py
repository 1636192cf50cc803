"""Consumption: from a model version to verified files in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.sealed import opened_faults
from modelyard.errors import DigestMismatch, Refused, UsageError
from modelyard.storage.digests import digest_bytes, digest_file
from modelyard.storage.jobs import JOBS
from modelyard.storage.placing import place_directory, place_file, stands, stands_whole, write_object
from modelyard.storage.progress import SILENT
from modelyard.storage.transfer import Fetched, fetch
from modelyard.storage.wanted import Content, Wanted, WantedDirectory
from modelyard.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metadata_parts import FileRecord
    from modelyard.storage.cache import Cache
    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Source
    from modelyard.version_directory import VersionDirectory

__all__ = [
    "Pulled",
    "opened_path",
    "pull_version",
    "read_from_git",
    "stated_by",
    "stream_artifact",
    "wanted_objects",
]

Object = Wanted | WantedDirectory


@dataclass(frozen=True)
class Pulled:
    """What a pull did: the files that stand in their place now, and what came over the wire.

    :param replaced: those of them where a file with other bytes stood before.
    """

    paths: tuple[Path, ...]
    fetched: Fetched
    replaced: tuple[Path, ...] = ()


def pull_version(
    version: VersionDirectory,
    target: Path,
    *,
    cache: Cache,
    source: Source | None,
    progress: Progress = SILENT,
    jobs: int = JOBS,
    link: bool = False,
    trusted: Path | None = None,
) -> Pulled:
    """Put every file of a version below a directory, each one verified by SHA-256, size and MD5, and opened if sealed.

    Nothing is put in place before all of it is verified, and what stands there as it should is left alone.

    :param source: where objects come from that the cache lacks; None where the version needs none.
    :param jobs: how many objects at once.
    :param link: as for :func:`modelyard.storage.placing.place_file`.
    :param trusted: a directory above ``target``; between the two no symbolic link is followed. ``target`` itself where
        nothing is said: whoever names it knows where it leads.
    :raises UsageError: the directory is a file.
    :raises Refused: the version's own documents have faults, or disagree.
    :raises DigestMismatch: bytes are not what was reviewed.
    :raises NotFinished: an object is missing, or the remote can't be reached.
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file, and a directory belongs there", hint="name another directory: --out DIR")
    beneath = trusted or target
    metadata = stated_by(version)
    objects = wanted_objects(version, metadata)
    in_git = {path: read_from_git(version, metadata, path) for path in metadata.files if path in version}
    places = {path: target / opened_path(metadata, path) for path in (*objects, *in_git)}
    absent = {path: wanted for path, wanted in objects.items() if not _is_in_place(wanted, places[path], beneath)}
    fetched = Fetched()
    if source and absent:
        fetched = fetch(list(absent.values()), source, cache, jobs=jobs, progress=progress)
    standing = {target / opened_path(metadata, path): path for path in metadata.files}
    replaced = tuple(
        place
        for place, path in sorted(standing.items())
        if (path in absent or path.split("/")[0] in absent or path in in_git)
        and _differs(place, metadata.files[path].opened)
    )
    beneath.mkdir(parents=True, exist_ok=True)
    for path, wanted in absent.items():
        if isinstance(wanted, Wanted):
            place_file(wanted, cache, places[path], beneath=beneath, link=link)
        else:
            place_directory(wanted, cache, places[path], beneath=beneath, link=link)
    for path, (wanted, data) in in_git.items():
        cache.add_bytes(data, wanted.oid)
        place_file(wanted, cache, places[path], beneath=beneath)
    return Pulled(tuple(sorted(standing)), fetched, replaced)


def opened_path(metadata: Metadata, path: str) -> str:
    """Return where a file stands once it is pulled: a sealed one is opened, and has no suffix then."""
    record = metadata.files.get(path)
    return record.sealed.opened(path) if record and record.sealed else path


def stream_artifact(
    version: VersionDirectory,
    stream: BinaryIO,
    *,
    cache: Cache,
    source: Source | None,
    progress: Progress = SILENT,
) -> Fetched:
    """Write the version's artifact, which must be one file, to a stream.

    All of it is in the cache and verified before the first byte is written, so what is not right is never seen.

    :raises UsageError: the artifact is a directory.
    :raises Refused: the version's own documents have faults, or disagree.
    :raises DigestMismatch: bytes are not what was reviewed; nothing was written.
    :raises NotFinished: the object is missing, or the remote can't be reached.
    """
    metadata = stated_by(version)
    if metadata.artifact not in metadata.files:
        hint = "put it in a directory: --out DIR"
        raise UsageError(f"the artifact of {version.id} is a directory, and no single stream", hint=hint)
    if metadata.artifact in version:
        in_git, data = read_from_git(version, metadata, metadata.artifact)
        if in_git.sealed:
            cache.add_bytes(data, in_git.oid)
            write_object(in_git, cache, stream)
        else:
            stream.write(data)
        return Fetched()
    objects = wanted_objects(version, metadata)
    wanted = objects.get(metadata.artifact)
    if not isinstance(wanted, Wanted) or source is None:
        hint = "put the version in a directory: --out DIR"
        raise UsageError(f"the artifact of {version.id} is a part of a directory", hint=hint)
    fetched = fetch([wanted], source, cache, progress=progress)
    write_object(wanted, cache, stream)
    return fetched


def _is_in_place(wanted: Object, place: Path, beneath: Path) -> bool:
    if isinstance(wanted, Wanted):
        return stands(wanted, place, beneath=beneath)
    return stands_whole(wanted, place, beneath=beneath)


def _differs(path: Path, record: FileRecord) -> bool:
    """Whether a file stands there whose bytes are not those of the record."""
    if not path.is_file():
        return False
    return path.stat().st_size != record.size or digest_file(path).sha256 != record.sha256


def stated_by(version: VersionDirectory) -> Metadata:
    """Return a version's metadata, which is about this version.

    :raises Refused: it has faults, or is another's.
    """
    metadata = version.require_metadata()
    if metadata.id != version.id:
        raise Refused(f"{version.path} says that it is {metadata.id}", hint=f"modelyard validate {version.path}")
    return metadata


def wanted_objects(version: VersionDirectory, metadata: Metadata) -> dict[str, Object]:
    """Return what each pointer of the version wants, by the path that it stands for.

    :raises Refused: a pointer is not plain, a file has none, or a sealed one has no name to be opened as.
    """
    for path, reason in opened_faults({path: record.sealed for path, record in metadata.files.items()}):
        raise Refused(f"{path!r} of {version.id} {reason}", hint=f"modelyard validate {version.path}")
    wanted: dict[str, Object] = {}
    for parsed in version.pointers.values():
        pointer = parsed.value
        if pointer is None:
            raise Refused(f"{parsed.path} is no plain DVC pointer", hint=f"modelyard validate {version.path}")
        if pointer.is_directory:
            inside = f"{pointer.path}/"
            files = {
                path.removeprefix(inside): Content(record.sha256, record.size, record.sealed)
                for path, record in metadata.files.items()
                if path.startswith(inside)
            }
            wanted[pointer.path] = WantedDirectory(pointer.md5, files)
        elif pointer.path in metadata.files:
            record = metadata.files[pointer.path]
            wanted[pointer.path] = Wanted(pointer.md5, record.sha256, record.size, record.sealed)
    missing = [path for path in metadata.files if path not in version and path.split("/")[0] not in wanted]
    if missing:
        raise Refused(f"{missing[0]!r} of {version.id} has no pointer", hint=f"modelyard validate {version.path}")
    return wanted


def read_from_git(version: VersionDirectory, metadata: Metadata, path: str) -> tuple[Wanted, bytes]:
    """Return what a file that lies in Git is to be, and its bytes, which are that.

    :raises DigestMismatch: the metadata states other bytes.
    """
    record = metadata.files[path]
    data = version.whole(path)
    digests = digest_bytes(data)
    if (digests.sha256, digests.size) != (record.sha256, record.size):
        raise DigestMismatch(
            f"{version.full_path(path)} has sha256 {digests.sha256} in Git, but the metadata states {record.sha256}",
            hint=f"modelyard validate {version.path}",
        )
    return Wanted(digests.md5, record.sha256, record.size, record.sealed), data
