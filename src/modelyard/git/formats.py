"""Git's object formats: tree entries and object ids, computed here without a process.

Source of the formats: ``gitformat-tree`` and ``gitglossary`` of Git, and its
``hash-function-transition`` document for SHA-256 repositories.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import hashlib
    from collections.abc import Iterable

__all__ = [
    "Algorithm",
    "ObjectKind",
    "TreeEntry",
    "decode_path",
    "empty_tree_id",
    "encode_path",
    "new_hash",
    "object_id",
    "parse_tree",
    "render_tree",
    "zero_id",
]

Algorithm = Literal["sha1", "sha256"]
ObjectKind = Literal["blob", "tree", "commit"]

_ID_SIZES: dict[Algorithm, int] = {"sha1": 20, "sha256": 32}
_ENTRIES = {
    size: re.compile(rb"([0-7]{1,7}) ([^\0/]+)\0(.{%d})" % size, re.DOTALL) for size in sorted(_ID_SIZES.values())
}
_FORMAT_BITS = 0o170000
_KINDS: dict[int, ObjectKind] = {0o040000: "tree", 0o100000: "blob", 0o120000: "blob"}


class TreeEntry(NamedTuple):
    """One entry of a tree object.

    :param name: one path component; bytes that are not UTF-8 are kept as lone surrogates.
    :param mode: six octal digits as ``git ls-tree`` prints them.
    :param kind: the kind of the object that the entry names.
    :param id: the object's full id in hexadecimal digits.
    """

    name: str
    mode: str
    kind: ObjectKind
    id: str


def decode_path(raw: bytes) -> str:
    """Return the path as text; bytes that are not UTF-8 become lone surrogates and survive a round trip."""
    return raw.decode("utf-8", "surrogateescape")


def encode_path(path: str) -> bytes:
    """Return the bytes that :func:`decode_path` would read as this path."""
    return path.encode("utf-8", "surrogateescape")


def zero_id(algorithm: Algorithm) -> str:
    """Return the id that names no object."""
    return "0" * (2 * _ID_SIZES[algorithm])


def empty_tree_id(algorithm: Algorithm) -> str:
    """Return the id of the tree without an entry, which every repository knows."""
    return object_id("tree", b"", algorithm)


def new_hash(kind: ObjectKind, size: int, algorithm: Algorithm) -> hashlib._Hash:
    """Return a hash that has taken in the header of an object, ready for its ``size`` bytes."""
    import hashlib

    return hashlib.new(algorithm, b"%s %d\0" % (kind.encode(), size), usedforsecurity=False)


def object_id(kind: ObjectKind, content: bytes, algorithm: Algorithm = "sha1") -> str:
    """Return the id under which Git stores the content."""
    digest = new_hash(kind, len(content), algorithm)
    digest.update(content)
    return digest.hexdigest()


def parse_tree(raw: bytes, algorithm: Algorithm = "sha1") -> tuple[TreeEntry, ...]:
    """Return the entries of a raw tree object, in Git's order.

    :raises ValueError: the bytes are not a tree object, or a name occurs twice.
    """
    id_size = _ID_SIZES[algorithm]
    found = _ENTRIES[id_size].findall(raw)
    if sum(len(mode) + len(name) for mode, name, _ in found) + len(found) * (id_size + 2) != len(raw):
        raise ValueError("the bytes are not a tree object")
    if len({name for _, name, _ in found}) != len(found):
        raise ValueError("a name occurs twice in the tree object")
    # Trees of many thousand entries are read by every hook: a handful of modes occurs in all of them.
    modes = {mode: _mode(int(mode, 8)) for mode in {mode for mode, _, _ in found}}
    # No name holds a NUL, so all of them are decoded at once.
    names = decode_path(b"\0".join(name for _, name, _ in found)).split("\0")
    meant = [modes[mode] for mode, _, _ in found]
    ids = [raw_id.hex() for _, _, raw_id in found]
    return tuple(
        TreeEntry._make((name, mode, kind, id_)) for name, (mode, kind), id_ in zip(names, meant, ids, strict=False)
    )


def _mode(mode: int) -> tuple[str, ObjectKind]:
    return f"{mode:06o}", _KINDS.get(mode & _FORMAT_BITS, "commit")


def render_tree(entries: Iterable[TreeEntry]) -> bytes:
    """Return the raw tree object that holds the entries; :func:`parse_tree` reads it back."""
    return b"".join(
        b"%o %s\0%s" % (int(entry.mode, 8), encode_path(entry.name), bytes.fromhex(entry.id))
        for entry in sorted(entries, key=_sort_key)
    )


def _sort_key(entry: TreeEntry) -> bytes:
    # Git compares a directory as if its name ended in a slash.
    return encode_path(entry.name) + (b"/" if entry.kind == "tree" else b"")
