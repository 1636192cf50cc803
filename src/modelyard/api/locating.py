"""Addresses of files, for tools that fetch by themselves; what they fetch is verified by nobody but them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.pulling import wanted_objects
from modelyard.errors import DigestMismatch, NotFinished, UsageError
from modelyard.storage.checking import FaultKind, check_sizes, list_directories
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.storage.http_remote import HttpRemote
from modelyard.storage.layout import object_path
from modelyard.storage.wanted import Wanted, WantedDirectory
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.storage.checking import Fault
    from modelyard.storage.remotes import Source
    from modelyard.version_directory import VersionDirectory

__all__ = ["Located", "locate_files"]


@dataclass(frozen=True)
class Located:
    """Where one file can be fetched, and what its bytes must be.

    :param url: holds no credential but the signature of a presigned one; whoever has that may fetch this file.
    :param expires: seconds that the address is good for; None where it does not expire.
    """

    path: str
    url: str
    sha256: str
    size: int
    expires: int | None = None


def locate_files(
    version: VersionDirectory, source: Source, *, paths: Sequence[str] = (), expires: int
) -> tuple[Located, ...]:
    """Return an address for each file of a version, or for those that are named.

    :param paths: files as the metadata names them.
    :param expires: seconds that a presigned address is good for.
    :raises UsageError: there is no such file, it lies in Git, or the remote has no addresses.
    :raises NotFinished: a file is not in the remote, or the remote cannot be reached.
    """
    files = _chosen(version, _files(version, source), paths)
    _require(check_sizes(list(files.values()), source))
    urls = _urls([item.oid for item in files.values()], source, expires)
    good_for = None if isinstance(source, (DirectoryRemote, HttpRemote)) else expires
    return tuple(
        Located(path, url, item.sha256, item.size, good_for)
        for (path, item), url in zip(files.items(), urls, strict=True)
    )


def _files(version: VersionDirectory, source: Source) -> dict[str, Wanted]:
    found: dict[str, Wanted] = {}
    for path, item in wanted_objects(version, version.require_metadata()).items():
        if isinstance(item, Wanted):
            found[path] = item
            continue
        listed = list_directories([item], source)
        _require(listed.faults)
        found |= _inside(path, item, listed.files[item.oid])
    return found


def _inside(path: str, directory: WantedDirectory, files: Sequence[Wanted]) -> dict[str, Wanted]:
    by_content = {(item.sha256, item.size): item for item in files}
    return {
        f"{path}/{relpath}": by_content[content.sha256, content.size]
        for relpath, content in sorted(directory.files.items())
    }


def _chosen(version: VersionDirectory, files: Mapping[str, Wanted], paths: Sequence[str]) -> dict[str, Wanted]:
    names = version.require_metadata().files
    for path in paths:
        if path not in names:
            raise UsageError(f"{version.id} has no file {path!r}", hint=f"its files: {', '.join(sorted(names))}")
    chosen = paths or sorted(names)
    in_git = [path for path in chosen if path not in files]
    if in_git:
        hint = f"modelyard pull {version.id} --out DIR"
        raise UsageError(f"{in_git[0]!r} of {version.id} lies in Git, where it has no address", hint=hint)
    return {path: files[path] for path in chosen}


def _require(faults: Sequence[Fault]) -> None:
    for fault in faults:
        if fault.kind is FaultKind.CORRUPT:
            raise DigestMismatch(fault.message, hint="modelyard verify --all --remote --deep")
        raise NotFinished(fault.message, hint="run `modelyard push` where its bytes are")


def _urls(oids: Sequence[str], source: Source, expires: int) -> list[str]:
    if isinstance(source, DirectoryRemote):
        return [(source.root.resolve() / object_path(oid)).as_uri() for oid in oids]
    if isinstance(source, HttpRemote):
        return [f"{source.settings.address.rstrip('/')}/{object_path(oid)}" for oid in oids]
    from modelyard.storage.s3_remote import S3Remote

    if isinstance(source, S3Remote):
        return source.presigned(oids, expires=expires)
    hint = "for a bucket: pip install 'modelyard[s3]'; elsewhere: modelyard pull"
    raise UsageError(f"{source.describe()} has no addresses that another tool could fetch from", hint=hint)
