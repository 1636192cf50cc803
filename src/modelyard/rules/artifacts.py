"""MY4xx: is the artifact there, once, in the form and with the bytes that the metadata states?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents import pointer as pointer_document
from modelyard.documents.pointer import SUFFIX
from modelyard.rules.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metadata_parts import FileRecord
    from modelyard.documents.parsed import Parsed
    from modelyard.documents.pointer import Pointer
    from modelyard.documents.policy import Policy
    from modelyard.problems import Position
    from modelyard.rules.rule import ArtifactBytes, Findings
    from modelyard.version_directory import VersionDirectory

__all__ = [
    "artifact_not_listed",
    "forbidden_format",
    "gitignore",
    "in_git_and_dvc",
    "missing_file",
    "pointer_shape",
    "pointer_size",
    "pointer_target",
    "too_large_for_git",
    "wrong_bytes",
]


def pointer_shape(parsed: Parsed[Any]) -> Findings:
    """A pointer is what ``dvc add`` of DVC 3 writes for one file or directory beside it, and no more.

    DVC obeys every other key: it would write outside the directory, fetch from any address, or run
    a command.
    """
    for fault in parsed.schema_faults:
        if fault.keyword == SUFFIX:
            yield Finding(parsed.path, fault.message, fault.hint, fault.position)


def pointer_target(version: VersionDirectory, _policy: Policy) -> Findings:
    """A pointer is named after what it points at: ``model.joblib.dvc`` at ``model.joblib``."""
    for name, parsed, pointer in _pointers(version):
        if pointer.path != name.removesuffix(SUFFIX):
            message = f"`path` is {pointer.path!r}, but the pointer's name says {name.removesuffix(SUFFIX)!r}"
            yield Finding(parsed.path, message, "rename the pointer", parsed.locate(("outs", 0, "path")))


def missing_file(version: VersionDirectory, _policy: Policy) -> Findings:
    """Each file that the metadata lists lies in Git, or has a DVC pointer."""
    for path, _record in _files(version):
        if path not in version and not _pointer_of(version, path):
            yield Finding(
                _metadata_path(version),
                f"{path!r} is neither in Git nor behind a DVC pointer",
                f"dvc add {version.full_path(path)}",
                _place(version, path),
            )


def artifact_not_listed(version: VersionDirectory, _policy: Policy) -> Findings:
    """``artifact`` names one of ``files``, or a directory that some of them lie in."""
    metadata = _metadata(version)
    if not metadata or metadata.artifact in metadata.files:
        return
    if not any(path.startswith(f"{metadata.artifact}/") for path in metadata.files):
        message = f"`artifact` names {metadata.artifact!r}, which is not in `files`"
        hint = f"list it in `files`, or name one of: {', '.join(sorted(metadata.files))}"
        parsed = version.metadata
        yield Finding(_metadata_path(version), message, hint, parsed.locate(("artifact",)) if parsed else None)


def pointer_size(version: VersionDirectory, _policy: Policy) -> Findings:
    """A pointer's size is the size that the metadata states; of a directory, the sum of its files."""
    metadata = _metadata(version)
    if not metadata:
        return
    for _name, parsed, pointer in _pointers(version):
        records = _records_behind(metadata, pointer)
        stated = sum(record.size for record in records)
        if records and stated != pointer.size:
            message = f"`size` is {pointer.size} bytes, but the metadata states {stated}"
            hint = f"modelyard fix {version.path}"
            yield Finding(parsed.path, message, hint, parsed.locate(("outs", 0, "size")))
        if records and pointer.nfiles is not None and len(records) != pointer.nfiles:
            message = f"`nfiles` is {pointer.nfiles}, but the metadata lists {len(records)} files"
            hint = f"modelyard fix {version.path}"
            yield Finding(parsed.path, message, hint, parsed.locate(("outs", 0, "nfiles")))


def in_git_and_dvc(version: VersionDirectory, _policy: Policy) -> Findings:
    """A file lies in Git or in DVC, never in both: the two could differ."""
    for name, _parsed, pointer in _pointers(version):
        if pointer.path in version or any(each.startswith(f"{pointer.path}/") for each in version.entries):
            path = version.full_path(pointer.path)
            yield Finding(path, f"{pointer.path!r} is in Git, and {name} points at it too", f"git rm --cached {path}")


def too_large_for_git(version: VersionDirectory, policy: Policy) -> Findings:
    """An artifact in Git itself is no larger than the policy allows (1 MB by default)."""
    limit = policy.max_git_bytes
    for path, record in _files(version):
        if path in version and record.size > limit:
            message = f"{path!r} has {record.size} bytes in Git, at most {limit} are allowed"
            full = version.full_path(path)
            yield Finding(full, message, f"git rm --cached {full} && dvc add {full}")


def forbidden_format(version: VersionDirectory, policy: Policy) -> Findings:
    """No file has a format that the policy forbids."""
    for path, record in _files(version):
        if record.format in policy.forbidden_formats:
            message = f"format {record.format!r} of {path!r} is forbidden by the policy"
            yield Finding(_metadata_path(version), message, "register it in another format", _place(version, path))


def gitignore(version: VersionDirectory, _policy: Policy) -> Findings:
    """``.gitignore`` holds one ``/file`` line for each pointer, and nothing else, as DVC writes it.

    Any other line could hide a file from review.
    """
    pointers = [parsed.value for parsed in version.pointers.values()]
    wanted = pointer_document.gitignore(pointer for pointer in pointers if pointer)
    if None in pointers or (not pointers and ".gitignore" not in version):
        return
    content = version.content(".gitignore")
    if not wanted or not isinstance(content, bytes) or _lines(content) != _lines(wanted):
        expected = " ".join(wanted.decode().splitlines()) or "no line at all, so remove it"
        message = ".gitignore must hold one /file line for each pointer and nothing else"
        yield Finding(version.full_path(".gitignore"), message, f"expected: {expected}")


def _lines(content: bytes) -> list[bytes]:
    return sorted(line for line in content.split(b"\n") if line)


def wrong_bytes(version: VersionDirectory, artifacts: ArtifactBytes) -> Findings:
    """Bytes that lie at hand are the bytes that metadata and pointer state: SHA-256, size and MD5."""
    for path, record in _files(version):
        found = artifacts.find(version, path)
        if found is None:
            continue
        stated = {"sha256": record.sha256, "size": record.size}
        for key, value in stated.items():
            actual = getattr(found, key)
            if actual != value:
                message = f"`{key}` of {path!r} is {value}, but its bytes have {actual}"
                place = _place(version, path, key)
                hint = f"modelyard pull {version.id}; where the new bytes are right, modelyard fix {version.path}"
                yield Finding(_metadata_path(version), message, hint, place)
        pointer = _pointer_of(version, path)
        if pointer and pointer.value and not pointer.value.is_directory and pointer.value.md5 != found.md5:
            message = f"`md5` is {pointer.value.md5}, but the bytes of {path!r} have {found.md5}"
            hint = f"dvc add {version.full_path(path)}"
            yield Finding(pointer.path, message, hint, pointer.locate(("outs", 0, "md5")))


def _metadata(version: VersionDirectory) -> Metadata | None:
    return version.metadata.value if version.metadata else None


def _metadata_path(version: VersionDirectory) -> str:
    return version.metadata.path if version.metadata else version.path


def _files(version: VersionDirectory) -> Iterator[tuple[str, FileRecord]]:
    metadata = _metadata(version)
    yield from sorted(metadata.files.items()) if metadata else ()


def _place(version: VersionDirectory, path: str, *keys: str) -> Position | None:
    return version.metadata.locate(("files", path, *keys)) if version.metadata else None


def _pointers(version: VersionDirectory) -> Iterator[tuple[str, Parsed[Pointer], Pointer]]:
    for name, parsed in sorted(version.pointers.items()):
        if parsed.value:
            yield name, parsed, parsed.value


def _pointer_of(version: VersionDirectory, path: str) -> Parsed[Pointer] | None:
    """Return the pointer that stands for a file: its own, or that of the directory it lies in.

    A pointer with faults counts, since they are told by a rule of their own.
    """
    top, slash, _rest = path.partition("/")
    pointer = version.pointers.get(top + SUFFIX)
    fits = pointer and (pointer.value is None or pointer.value.is_directory == bool(slash))
    return pointer if fits else None


def _records_behind(metadata: Metadata, pointer: Pointer) -> list[FileRecord]:
    inside = f"{pointer.path}/"
    return [record for path, record in metadata.files.items() if path == pointer.path or path.startswith(inside)]
