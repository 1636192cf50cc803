"""Where DVC 3 keeps an object, in a cache and in a remote alike: ``files/md5/ab/cdef…``."""

from __future__ import annotations

import re

__all__ = ["DIRECTORY_SUFFIX", "is_directory_oid", "is_oid", "object_path"]

DIRECTORY_SUFFIX = ".dir"

_OID = re.compile(r"[0-9a-f]{32}(?:\.dir)?", re.ASCII)


def is_oid(text: str) -> bool:
    """Whether the text is an md5 in lower-case hexadecimal, with ``.dir`` behind it for a manifest."""
    return _OID.fullmatch(text) is not None


def is_directory_oid(oid: str) -> bool:
    """Whether the object is the manifest of a directory."""
    return oid.endswith(DIRECTORY_SUFFIX)


def object_path(oid: str) -> str:
    """Return the object's POSIX path below the root of a cache or remote.

    :raises ValueError: the text is not an object id; so no path leads out of the root.
    """
    if not is_oid(oid):
        raise ValueError(f"{oid!r} is not an object id")
    return f"files/md5/{oid[:2]}/{oid[2:]}"
