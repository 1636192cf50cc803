"""Pointers written anew for the bytes that lie at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.paths import parse_file_name
from modelyard.documents.pointer import SUFFIX, InvalidPointer, Pointer, render
from modelyard.documents.scalars import InvalidScalar

if TYPE_CHECKING:
    from modelyard.rules.found import ArtifactBytes
    from modelyard.version_directory import VersionDirectory

__all__ = ["pointer_edits"]


def pointer_edits(version: VersionDirectory, artifacts: ArtifactBytes) -> dict[str, bytes]:
    """Return the pointers whose file lies at hand with other bytes, or that are no plain pointers to it.

    A pointer is named after its file. One to a directory stays as it is: `dvc add` knows what is in the directory.
    """
    found = {}
    for name, parsed in version.pointers.items():
        target = name.removesuffix(SUFFIX)
        if not _is_plain(target) or (parsed.value and (parsed.value.is_directory or parsed.value.path != target)):
            continue
        at_hand = artifacts.find(version, target)
        if not at_hand or target in version:
            continue
        try:
            pointer = Pointer(target, at_hand.md5, at_hand.size)
        except InvalidPointer:
            continue
        if parsed.value != pointer:
            found[name] = render(pointer)
    return found


def _is_plain(name: str) -> bool:
    try:
        parse_file_name(name)
    except InvalidScalar:
        return False
    return True
