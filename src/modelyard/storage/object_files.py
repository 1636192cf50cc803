"""Objects that are files below a directory, in the layout that DVC's caches and remotes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.storage.layout import object_path
from modelyard.storage.remotes import Arrival, Request
from modelyard.storage.writing import open_regular, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["opened", "sizes"]


def sizes(root: Path, oids: Sequence[str]) -> Mapping[str, int]:
    """Return the sizes of those objects that are there."""
    paths = {oid: root / object_path(oid) for oid in oids}
    return {oid: path.stat().st_size for oid, path in paths.items() if path.is_file()}


def opened(root: Path, requests: Sequence[Request]) -> Iterator[Arrival]:
    """Yield each object's file, opened until the next one is asked for.

    :raises NotFinished: a file cannot be read.
    """
    for request in requests:
        path = root / object_path(request.oid)
        if not path.exists():
            yield Arrival(request.oid, None)
            continue
        with translated("read", path):
            stream = open_regular(path)
        with stream:
            yield Arrival(request.oid, stream)
