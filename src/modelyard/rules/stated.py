"""What a version states of its files, and where: the look-ups that rules on artifacts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.pointer import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metadata_parts import FileRecord
    from modelyard.documents.parsed import Parsed
    from modelyard.documents.pointer import Pointer
    from modelyard.problems import Position
    from modelyard.version_directory import VersionDirectory

__all__ = ["files_of", "metadata_of", "metadata_path", "place_of", "pointer_for", "pointers_of", "records_behind"]


def metadata_of(version: VersionDirectory) -> Metadata | None:
    """Return what the metadata states; None where it is missing or has faults."""
    return version.metadata.value if version.metadata else None


def metadata_path(version: VersionDirectory) -> str:
    """Return the path of the metadata, or of the directory where there is none."""
    return version.metadata.path if version.metadata else version.path


def files_of(version: VersionDirectory) -> Iterator[tuple[str, FileRecord]]:
    """Yield each file that the metadata lists, sorted by path."""
    metadata = metadata_of(version)
    yield from sorted(metadata.files.items()) if metadata else ()


def place_of(version: VersionDirectory, path: str, *keys: str) -> Position | None:
    """Return where the metadata speaks of a file, or of one key of it."""
    return version.metadata.locate(("files", path, *keys)) if version.metadata else None


def pointers_of(version: VersionDirectory) -> Iterator[tuple[str, Parsed[Pointer], Pointer]]:
    """Yield file name, document and value of each pointer without faults, sorted."""
    for name, parsed in sorted(version.pointers.items()):
        if parsed.value:
            yield name, parsed, parsed.value


def pointer_for(version: VersionDirectory, path: str) -> Parsed[Pointer] | None:
    """Return the pointer that stands for a file: its own, or that of the directory it lies in.

    A pointer with faults counts, since they are told by a rule of their own.
    """
    top, slash, _rest = path.partition("/")
    pointer = version.pointers.get(top + SUFFIX)
    fits = pointer and (pointer.value is None or pointer.value.is_directory == bool(slash))
    return pointer if fits else None


def records_behind(metadata: Metadata, pointer: Pointer) -> dict[str, FileRecord]:
    """Return the records of the files that a pointer stands for, by path."""
    inside = f"{pointer.path}/"
    return {path: record for path, record in metadata.files.items() if path == pointer.path or path.startswith(inside)}
