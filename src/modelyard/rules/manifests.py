"""MY4xx, directories: does DVC's manifest list what the metadata lists, entry by entry?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.stated import metadata_of, pointers_of, records_behind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.documents.metadata import Metadata
    from modelyard.documents.pointer import Pointer
    from modelyard.rules.finding import Findings
    from modelyard.rules.found import ArtifactBytes, FoundManifest
    from modelyard.version_directory import VersionDirectory

__all__ = ["differences", "shown", "wrong_manifest"]

_SHOWN = 3


def wrong_manifest(version: VersionDirectory, artifacts: ArtifactBytes) -> Findings:
    """The manifest of a directory behind DVC lists exactly the files that the metadata lists, with their bytes.

    A pointer at a directory holds the digest of a manifest, DVC's list of path and md5 of each file. What
    only the manifest lists is reviewed by nobody, and DVC would write it; its paths may not lead out of the
    directory. The manifest is looked at where it lies at hand, or where a remote is asked.

    Bad:
        # metadata.yaml
        weights/a.bin: {...}
        # manifest of weights
        [{"md5": "...", "relpath": "a.bin"}, {"md5": "...", "relpath": "../../x"}]
    Good:
        # metadata.yaml
        weights/a.bin: {...}
        # manifest of weights
        [{"md5": "...", "relpath": "a.bin"}]
    """
    metadata = metadata_of(version)
    for _name, parsed, pointer in pointers_of(version):
        found = artifacts.manifest(pointer.md5) if metadata and pointer.is_directory else None
        if not metadata or not found:
            continue
        messages = [*differences(metadata, pointer, found), *_other_bytes(version, pointer, found, artifacts)]
        for message in messages:
            hint = f"dvc add {version.full_path(pointer.path)} && modelyard fix {version.path}"
            yield Finding(parsed.path, message, hint, parsed.locate(("outs", 0, "md5")))


def differences(metadata: Metadata, pointer: Pointer, found: FoundManifest) -> Iterator[str]:
    """Yield what is wrong with a directory's manifest, and where it and the metadata list other files."""
    if found.fault:
        yield f"the manifest of {pointer.path!r} is refused: {found.fault}"
        return
    listed = {path.removeprefix(f"{pointer.path}/") for path in records_behind(metadata, pointer)}
    extra, missing = found.files.keys() - listed, listed - found.files.keys()
    if extra:
        yield f"the manifest of {pointer.path!r} lists {shown(extra)}, which the metadata does not"
    if missing:
        yield f"the manifest of {pointer.path!r} lacks {shown(missing)}, which the metadata lists"


def shown(names: Iterable[str]) -> str:
    """Return the first few names, and how many more there are."""
    ordered = sorted(names)
    first = ", ".join(repr(name) for name in ordered[:_SHOWN])
    more = len(ordered) - _SHOWN
    return f"{first} and {more} more" if more > 0 else first


def _other_bytes(
    version: VersionDirectory, pointer: Pointer, found: FoundManifest, artifacts: ArtifactBytes
) -> Iterator[str]:
    for relpath, md5 in sorted(found.files.items()):
        path = f"{pointer.path}/{relpath}"
        actual = artifacts.find(version, path) if path in _listed(version) else None
        if actual and actual.md5 != md5:
            yield f"the manifest of {pointer.path!r} has the md5 {md5} for {relpath!r}, but its bytes have {actual.md5}"


def _listed(version: VersionDirectory) -> Iterable[str]:
    metadata = metadata_of(version)
    return metadata.files if metadata else ()
