"""MY4xx, remotes: has what was merged been pushed? Run only where a remote is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from modelyard.rules.finding import Finding
from modelyard.rules.found import RemoteAnswers
from modelyard.rules.manifests import differences, shown
from modelyard.rules.stated import metadata_of, pointers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from modelyard.documents.parsed import Parsed
    from modelyard.documents.pointer import Pointer
    from modelyard.problems import Position
    from modelyard.rules.finding import Findings
    from modelyard.rules.found import FoundManifest
    from modelyard.version_directory import VersionDirectory

__all__ = ["RemoteObjects", "ask", "missing_object", "not_asked", "other_object"]


class RemoteObjects(Protocol):
    """A remote that can be asked about many objects at once."""

    def describe(self) -> str:
        """Return name and address, without credentials."""

    def manifests(self, oids: Sequence[str]) -> Mapping[str, FoundManifest]:
        """Return the manifests of those directories whose object is there."""

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """Return the sizes in bytes of those objects that are there."""


def ask(versions: Iterable[VersionDirectory], remote: RemoteObjects) -> RemoteAnswers:
    """Ask about every object of the versions, each once: manifests in one batch, files in another.

    :raises NotFinished: the remote cannot be reached.
    """
    pointers = [pointer for version in versions for _name, _parsed, pointer in pointers_of(version)]
    directories = sorted({pointer.md5 for pointer in pointers if pointer.is_directory})
    manifests = remote.manifests(directories) if directories else {}
    files = {pointer.md5 for pointer in pointers if not pointer.is_directory}
    files.update(md5 for manifest in manifests.values() for md5 in manifest.files.values())
    return RemoteAnswers(remote.describe(), remote.sizes(sorted(files)) if files else {}, manifests)


def missing_object(version: VersionDirectory, remote: RemoteAnswers) -> Findings:
    """Every object behind a pointer is in the remote.

    A version that was merged and never pushed can be deployed by nobody but its author. With a base only
    the versions that the change touches are looked up, each object once. Settings of the remote come from
    the base, never from the change.

    Bad:
        git push                    # and no modelyard push
    Good:
        modelyard push && git push
    """
    for _name, parsed, pointer in pointers_of(version) if not remote.failure else ():
        message = _missing(pointer, remote)
        if message:
            hint = f"modelyard push {version.id}"
            yield Finding(parsed.path, message, hint, _md5_of(parsed))


def other_object(version: VersionDirectory, remote: RemoteAnswers) -> Findings:
    """What the remote has under the name of an object has the size that pointer and metadata state.

    A shorter object is an upload that was cut off, a longer one is another file. A directory's manifest
    in the remote lists exactly the files of the metadata.

    Bad:
        size: 25            # 12 bytes in the remote
    Good:
        size: 25            # 25 bytes in the remote
    """
    for _name, parsed, pointer in pointers_of(version):
        for message in _others(version, pointer, remote):
            hint = f"delete it there, and `modelyard push {version.id}` where its bytes are good"
            yield Finding(parsed.path, message, hint, _md5_of(parsed))


def not_asked(version: VersionDirectory, remote: RemoteAnswers) -> Findings:
    """A remote that could not be asked is named, where the answer was not required.

    A pull request from a fork has no credentials. So ``--remote-if-reachable`` goes on without an answer,
    and says so; the merge queue and the nightly run ask with ``--remote``, which ends with exit code 3.
    A package that is not installed is no reason to go on: both end with exit code 2, and name it.

    Bad:
        modelyard validate --base auto --remote-if-reachable     # in the merge queue
    Good:
        modelyard validate --base auto --remote                  # in the merge queue
    """
    if remote.failure:
        message = f"nobody looked whether the artifacts of {version.id} are in the remote: {remote.failure}"
        elsewhere = "where credentials are: modelyard validate --base auto --remote"
        yield Finding(version.path, message, remote.remedy or elsewhere)


def _missing(pointer: Pointer, remote: RemoteAnswers) -> str | None:
    if not pointer.is_directory:
        there = pointer.md5 in remote.sizes
        return None if there else f"object {pointer.md5} of {pointer.path!r} is not in {remote.described}"
    manifest = remote.manifests.get(pointer.md5)
    if manifest is None:
        return f"manifest {pointer.md5} of {pointer.path!r} is not in {remote.described}"
    absent = [relpath for relpath, md5 in manifest.files.items() if md5 not in remote.sizes]
    if not absent:
        return None
    lack = f"{len(absent)} of {len(manifest.files)} files of {pointer.path!r} are not in {remote.described}"
    return f"{lack}: {shown(absent)}"


def _others(version: VersionDirectory, pointer: Pointer, remote: RemoteAnswers) -> Iterator[str]:
    if not pointer.is_directory:
        yield from _other_size(pointer.path, remote.sizes.get(pointer.md5), pointer.size, remote)
        return
    metadata, manifest = metadata_of(version), remote.manifests.get(pointer.md5)
    if not metadata or not manifest:
        return
    yield from (f"in {remote.described}, {message}" for message in differences(metadata, pointer, manifest))
    for relpath, md5 in sorted(manifest.files.items()):
        record = metadata.files.get(f"{pointer.path}/{relpath}")
        if record:
            yield from _other_size(f"{pointer.path}/{relpath}", remote.sizes.get(md5), record.size, remote)


def _other_size(path: str, found: int | None, stated: int, remote: RemoteAnswers) -> Iterator[str]:
    if found is not None and found != stated:
        yield f"{path!r} has {found} bytes in {remote.described}, but {stated} are stated"


def _md5_of(parsed: Parsed[Pointer]) -> Position:
    return parsed.locate(("outs", 0, "md5"))
