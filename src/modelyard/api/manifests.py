"""Manifests of directories as the gate sees them, wherever their bytes come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.found import FoundManifest
from modelyard.storage.manifests import InvalidManifest, manifest_oid, parse

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["LARGEST", "read_manifest"]

LARGEST = 4 << 20
"""Bytes that the gate reads of a manifest: more files than any metadata document can list have room in it."""


def read_manifest(oid: str, stream: BinaryIO) -> FoundManifest:
    """Return what the manifest lists, or why it may not be followed: its digest, its size or its paths."""
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        return FoundManifest(fault=f"it has more than {LARGEST:,} bytes")
    actual = manifest_oid(data)
    if actual != oid:
        return FoundManifest(fault=f"its bytes have the md5 {actual}")
    try:
        return FoundManifest({entry.relpath: entry.md5 for entry in parse(data)})
    except InvalidManifest as invalid:
        return FoundManifest(fault=str(invalid))
