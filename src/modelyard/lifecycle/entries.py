"""Entries of a mapping at the top of a YAML document, taken out in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import edit, yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["without_entries"]


def without_entries(data: bytes, mapping: str, keys: Iterable[str]) -> bytes:
    """Return the document without some entries of a mapping, and without the mapping where none is left.

    :raises Unreadable: the bytes are not a strict document.
    """
    document = yaml.read(data).value
    before = document.get(mapping) if isinstance(document, dict) else None
    if not isinstance(before, dict):
        return data
    gone = set(keys)
    if before.keys() <= gone:
        return edit.remove(data, (mapping,))
    for key in sorted(before.keys() & gone):
        data = edit.remove(data, (mapping, key))
    return data
