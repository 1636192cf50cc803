"""Bytes of artifacts that need no network: in Git, in the work tree, in DVC's cache."""

from __future__ import annotations

from contextlib import contextmanager
from io import BufferedReader, BytesIO
from typing import TYPE_CHECKING, cast

from modelyard.api.manifests import read_manifest
from modelyard.errors import ModelyardError
from modelyard.rules.found import FoundBytes
from modelyard.storage.digests import Digester, Digests, digest_stream
from modelyard.storage.writing import open_regular
from modelyard.values import cached_property

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from modelyard.api.checkout import Checkout
    from modelyard.documents.sealed import Sealed
    from modelyard.formats.imports import Imports
    from modelyard.formats.keras import Layers
    from modelyard.formats.source import Source
    from modelyard.rules.found import FoundManifest
    from modelyard.version_directory import VersionDirectory

__all__ = ["ArtifactsAtHand"]


class _Sink:
    """Counts what is streamed to it into digests."""

    def __init__(self) -> None:
        self.digester = Digester()

    def write(self, data: bytes, /) -> None:
        self.digester.update(data)


class ArtifactsAtHand:
    """Finds artifacts in Git, in a work tree and its DVC cache, and digests them anew each time.

    A sealed file is opened where it can be: what is inside is looked at then, and is not at hand otherwise.

    :param checkout: the work tree; None in a bare repository.
    :param originals: files that were sealed just now, by what they are called since.
    """

    def __init__(self, checkout: Checkout | None, originals: Mapping[str, Path] | None = None) -> None:
        self._checkout = checkout
        self._originals = originals or {}
        self._manifests: dict[str, FoundManifest | None] = {}
        # Several rules ask for each file, and of most nobody has the bytes.
        self._absent: set[str] = set()

    def find(self, version: VersionDirectory, file: str) -> FoundBytes | None:
        """Return the digests of a file that the metadata names, or None where it is not at hand."""
        if file in version:
            sink = _Sink()
            version.stream(file, sink)
            return _found(sink.digester.digests())
        stream = self._open(version, file)
        if stream is None:
            return None
        with stream:
            return _found(digest_stream(stream))

    def manifest(self, oid: str) -> FoundManifest | None:
        """Return the manifest of a DVC directory, or None where it is not in the cache."""
        if oid not in self._manifests:
            self._manifests[oid] = self._read_manifest(oid)
        return self._manifests[oid]

    def format(self, version: VersionDirectory, file: str) -> str | None:
        """Return the format that a file's own bytes tell, or None where it is not at hand."""
        with self._source(version, file) as source:
            if source is None:
                return None
            from modelyard.formats.inspection import facts_of

            return facts_of(source).format

    def imports(self, version: VersionDirectory, file: str, declared: str) -> Imports | None:
        """Return what a pickle-based file would import, or None where it is not at hand."""
        with self._source(version, file) as source:
            if source is None:
                return None
            from modelyard.formats.imports import imports_of

            return imports_of(source, declared)

    def layers(self, version: VersionDirectory, file: str) -> Layers | None:
        """Return what the layers of a Keras model bring along, or None where it is not at hand."""
        with self._source(version, file) as source:
            if source is None:
                return None
            from modelyard.formats.keras import layers_of

            return layers_of(source)

    def stated_wrongly(self, version: VersionDirectory, file: str, sealed: Sealed) -> str | None:
        """Return how a sealed file is other than stated; None where it is not, or is not at hand."""
        stream = self._stored(version, file)
        if stream is None:
            return None
        from modelyard.storage.sealing import stated_wrongly

        with stream:
            return stated_wrongly(stream, sealed)

    @contextmanager
    def _source(self, version: VersionDirectory, file: str) -> Iterator[Source | None]:
        from modelyard.formats.source import source_of

        metadata = version.metadata.value if version.metadata else None
        record = metadata.files.get(file) if metadata else None
        sealed = record.sealed if record else None
        stream = self._inside(version, file, sealed) if sealed else self._stored(version, file)
        if stream is None:
            yield None
            return
        with stream:
            name = sealed.opened(file) if sealed else file
            yield source_of(cast("BufferedReader", stream), name.rpartition("/")[2])

    def _stored(self, version: VersionDirectory, file: str) -> BinaryIO | None:
        return BufferedReader(BytesIO(version.whole(file))) if file in version else self._open(version, file)

    def _inside(self, version: VersionDirectory, file: str, sealed: Sealed) -> BinaryIO | None:
        """Return what is inside a sealed file, in a file that has no name."""
        if file in self._originals:
            return open_regular(self._originals[file])
        stream = self._stored(version, file)
        if stream is None:
            return None
        from tempfile import TemporaryFile

        from modelyard.storage.sealing import open_sealed

        opened = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - whoever asked for it closes it
        try:
            with stream:
                open_sealed(stream, opened, sealed)
        except ModelyardError:
            opened.close()
            return None
        opened.seek(0)
        return opened

    def members(self, oid: str) -> tuple[str, ...]:
        """Return the relative paths in a DVC directory; none where its manifest is not in the cache."""
        found = self.manifest(oid)
        return tuple(found.files) if found else ()

    def _read_manifest(self, oid: str) -> FoundManifest | None:
        if self._checkout is None:
            return None
        try:
            with self._checkout.cache.open(oid) as stream:
                return read_manifest(oid, stream)
        except OSError:
            return None

    def _open(self, version: VersionDirectory, file: str) -> BinaryIO | None:
        path = version.full_path(file)
        if self._checkout is None or path in self._absent:
            return None
        stream = self._opened(self._checkout, path, version, file)
        if stream is None:
            self._absent.add(path)
        return stream

    def _opened(self, checkout: Checkout, path: str, version: VersionDirectory, file: str) -> BinaryIO | None:
        try:
            # No path is built for each of thousands of files, most of which are not at hand.
            return open_regular(f"{checkout.root}/{path}")
        except OSError:
            oid = self._oid(version, file) if self._has_cache else None
        try:
            return checkout.cache.open(oid) if oid else None
        except OSError:
            return None

    @cached_property
    def _has_cache(self) -> bool:
        # A clone that never pulled has none, and need not look for thousands of objects in it.
        return self._checkout is not None and self._checkout.cache.root.is_dir()

    def _oid(self, version: VersionDirectory, file: str) -> str | None:
        pointers = [parsed.value for parsed in version.pointers.values() if parsed.value]
        for pointer in pointers:
            if pointer.path == file and not pointer.is_directory:
                return pointer.md5
            if pointer.is_directory and file.startswith(f"{pointer.path}/"):
                return self._oid_in_directory(pointer.md5, file.removeprefix(f"{pointer.path}/"))
        return None

    def _oid_in_directory(self, oid: str, relpath: str) -> str | None:
        found = self.manifest(oid)
        return found.files.get(relpath) if found else None


def _found(digests: Digests) -> FoundBytes:
    return FoundBytes(sha256=digests.sha256, md5=digests.md5, size=digests.size)
