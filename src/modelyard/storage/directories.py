"""Directories: what a manifest lists, held against what the registry lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import DigestMismatch
from modelyard.storage.manifests import InvalidManifest, parse
from modelyard.storage.wanted import Wanted, WantedDirectory

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["files_of", "listed_files"]

_SHOWN = 3
_HINT = "the pointer and the metadata of this version disagree: do not use it, and tell its owner"


def files_of(wanted: WantedDirectory, manifest: bytes) -> dict[str, Wanted]:
    """Return what each file of a directory must be, by relative path.

    :raises DigestMismatch: the bytes are no manifest that may be followed, or they do not list
        exactly the files of ``wanted``.
    """
    listed = listed_files(wanted.oid, manifest)
    _refuse_difference(wanted, listed.keys())
    return {
        relpath: Wanted(listed[relpath], content.sha256, content.size, content.sealed)
        for relpath, content in wanted.files.items()
    }


def listed_files(oid: str, manifest: bytes) -> dict[str, str]:
    """Return the md5 of each file that a manifest lists, by relative path.

    :raises DigestMismatch: the bytes are no manifest that may be followed.
    """
    try:
        return {entry.relpath: entry.md5 for entry in parse(manifest)}
    except InvalidManifest as invalid:
        raise DigestMismatch(f"manifest {oid} is refused: {invalid}", hint=_HINT) from invalid


def _refuse_difference(wanted: WantedDirectory, listed: Collection[str]) -> None:
    extra = [relpath for relpath in listed if relpath not in wanted.files]
    missing = [relpath for relpath in wanted.files if relpath not in listed]
    found = [f"{_some(extra)} not in the registry"] if extra else []
    found += [f"{_some(missing)} in the registry alone"] if missing else []
    if found:
        raise DigestMismatch(f"manifest {wanted.oid} lists other files: {', '.join(found)}", hint=_HINT)


def _some(relpaths: list[str]) -> str:
    shown = ", ".join(repr(relpath) for relpath in sorted(relpaths)[:_SHOWN])
    more = len(relpaths) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
