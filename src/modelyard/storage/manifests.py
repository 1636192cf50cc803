"""Manifests of directories, DVC's ``.dir`` objects: a JSON list of md5 and relative path.

Source of the format: ``Tree.as_bytes`` of dvc-data. A manifest comes from a remote, so its paths are
held to rules that let nothing be written outside the directory, and nothing twice.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

from modelyard.documents.paths import parse_path
from modelyard.documents.scalars import InvalidScalar
from modelyard.storage.digests import digest_bytes
from modelyard.storage.layout import DIRECTORY_SUFFIX
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["MAX_SIZE", "InvalidManifest", "ManifestEntry", "manifest_oid", "parse", "render"]

MAX_SIZE = 64 * 2**20

_MD5 = re.compile(r"[0-9a-f]{32}", re.ASCII)


class InvalidManifest(ValueError):
    """The bytes are not a manifest that may be followed; the text says why."""


@dataclass(frozen=True, order=True)
class ManifestEntry:
    """One file of a directory: POSIX path below it, and md5."""

    relpath: str
    md5: str


def parse(data: bytes) -> tuple[ManifestEntry, ...]:
    """Return the entries of a manifest, sorted by path.

    :raises InvalidManifest: the bytes are no manifest, a path would leave the directory, or two
        paths would be one file on some file system.
    """
    entries = tuple(sorted(_entry(item) for item in _items(data)))
    _refuse_clashes([entry.relpath for entry in entries])
    return entries


def render(entries: Iterable[ManifestEntry]) -> bytes:
    """Return the bytes that DVC writes, byte for byte."""
    items = [{"md5": entry.md5, "relpath": entry.relpath} for entry in sorted(entries)]
    return json.dumps(items, sort_keys=True).encode()


def manifest_oid(data: bytes) -> str:
    """Return the object id of a manifest."""
    return digest_bytes(data).md5 + DIRECTORY_SUFFIX


def _items(data: bytes) -> list[object]:
    if len(data) > MAX_SIZE:
        raise InvalidManifest(f"a manifest of {len(data)} bytes, at most {MAX_SIZE} are read")
    try:
        items = json.loads(data.decode(), object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as error:
        raise InvalidManifest("not JSON in UTF-8") from error
    if not isinstance(items, list):
        raise InvalidManifest("not a list of files")
    return items


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError("duplicate key")
    return mapping


def _entry(item: object) -> ManifestEntry:
    if not isinstance(item, dict) or item.keys() != {"md5", "relpath"}:
        raise InvalidManifest("an entry is something else than md5 and relpath")
    md5, relpath = item["md5"], item["relpath"]
    if not isinstance(md5, str) or not _MD5.fullmatch(md5):
        raise InvalidManifest("an entry's md5 is not 32 lower-case hexadecimal digits")
    if not isinstance(relpath, str):
        raise InvalidManifest("an entry's relpath is not text")
    try:
        return ManifestEntry(parse_path(relpath), md5)
    except InvalidScalar as invalid:
        raise InvalidManifest(invalid.message) from invalid


def _refuse_clashes(relpaths: Sequence[str]) -> None:
    files: set[str] = set()
    spellings: dict[str, str] = {}
    for relpath in relpaths:
        if relpath in files:
            raise InvalidManifest(f"path {relpath!r} stands twice")
        files.add(relpath)
        for path in _with_parents(relpath):
            first = spellings.setdefault(_folded(path), path)
            if first != path:
                raise InvalidManifest(f"{first!r} and {path!r} are one path where letter case is ignored")
            if path in files and path != relpath:
                raise InvalidManifest(f"{path!r} is a file and the directory of {relpath!r}")


def _with_parents(relpath: str) -> list[str]:
    parts = relpath.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
