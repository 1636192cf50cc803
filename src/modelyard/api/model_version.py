"""One model version, as a program sees it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from modelyard.api.loading import Pipeline
    from modelyard.api.origin import Origin
    from modelyard.api.pulling import Pulled
    from modelyard.documents.delivery import Delivery
    from modelyard.documents.metadata import Metadata
    from modelyard.names import VersionId
    from modelyard.storage.progress import Progress
    from modelyard.storage.transfer import Fetched
    from modelyard.version_directory import VersionDirectory

__all__ = ["ModelVersion"]


class ModelVersion:
    """A registered model version: its metadata and metrics at hand, its files when they are asked for.

    :ivar id: name and version.
    :ivar commit: the registry's commit that this was read from.
    :ivar metadata: what ``metadata.yaml`` states.
    :ivar metrics: what ``metrics.json`` states, nested names joined by dots.
    """

    def __init__(
        self,
        version_id: VersionId,
        *,
        origin: Origin,
        commit: str | None,
        metadata: Metadata,
        metrics: Mapping[str, float],
    ) -> None:
        self.id = version_id
        self.commit = commit
        self.metadata = metadata
        self.metrics = metrics
        self._origin = origin
        self._pulled = False

    def __repr__(self) -> str:
        return f"<ModelVersion {self.id}>"

    @property
    def name(self) -> str:
        """The model's name."""
        return self.id.name

    @property
    def version(self) -> str:
        """The version, as text."""
        return str(self.id.version)

    def pull(
        self,
        out: str | os.PathLike[str] | None = None,
        *,
        remote: str | None = None,
        jobs: int = 8,
        link: bool = False,
        progress: Progress | None = None,
    ) -> Pulled:
        """Fetch and verify all files, and put them below a directory.

        :param out: that directory; the version's own one in a clone, one in our cache otherwise.
        :param remote: name of the DVC remote; the default one otherwise.
        :param jobs: how many objects are fetched at once.
        :param link: make hard links to the cache rather than copies; they are read-only.
        :raises DigestMismatch: bytes are not what was reviewed; nothing was put in place.
        :raises NotFinished: an object is missing, or the remote can't be reached.
        """
        from pathlib import Path

        from modelyard.api.pulling import pull_version
        from modelyard.storage.progress import SILENT

        with self._origin.reading() as snapshot:
            directory = snapshot.version(self.id)
            source = self._origin.source(snapshot, remote) if directory.pointers else None
            target = Path(out) if out is not None else self._origin.target(directory)
            return pull_version(
                directory,
                target,
                cache=self._origin.cache,
                source=source,
                jobs=jobs,
                link=link,
                trusted=self._origin.trusted if out is None else None,
                progress=progress or SILENT,
            )

    def stream(self, stream: BinaryIO, *, remote: str | None = None, progress: Progress | None = None) -> Fetched:
        """Write the artifact, which must be one file, to a stream once all of it is verified.

        :param remote: name of the DVC remote; the default one otherwise.
        :raises UsageError: the artifact is a directory.
        :raises DigestMismatch: bytes are not what was reviewed; nothing was written.
        :raises NotFinished: the object is missing, or the remote can't be reached.
        """
        from modelyard.api.pulling import stream_artifact
        from modelyard.storage.progress import SILENT

        with self._origin.reading() as snapshot:
            directory = snapshot.version(self.id)
            source = self._origin.source(snapshot, remote) if directory.pointers else None
            return stream_artifact(
                directory, stream, cache=self._origin.cache, source=source, progress=progress or SILENT
            )

    def delivery(self, registry: str) -> Delivery:
        """Return what pulling this version delivers, pinned to the commit that it was read from.

        :param registry: address or path of the repository; user and password in it are left out.
        :raises Refused: the version's own documents have faults, or disagree.
        :raises DigestMismatch: bytes in Git are not what was reviewed.
        """
        from modelyard.api.delivering import delivery_of

        with self._origin.reading() as snapshot:
            return delivery_of(snapshot, self.id, registry=registry)

    def path(self, role: str | None = None) -> Path:
        """Return the path of the artifact, or of the one file with a role, pulled and verified.

        :raises UsageError: no file, or more than one, has the role.
        """
        return self._directory() / self._name_of(role)

    def load(self, role: str | None = None, *, safe: bool = False, trusted: Sequence[str] = ()) -> Any:
        """Return the model, or the object with a role such as ``preprocessor``.

        :param safe: refuse formats that can run code when they are loaded.
        :param trusted: types that skops may make besides those that it knows, by their full names.
        :raises UsageError: the format is not loaded by modelyard, or its library is not installed.
        :raises DigestMismatch: bytes are not what was reviewed; nothing was loaded.
        :raises Refused: the format can run code and ``safe`` is asked for, or skops meets a type that is not trusted.
        """
        from modelyard.api.loading import Trust, load_artifact, load_file

        trust = Trust(safe=safe, types=tuple(trusted))
        name = self._name_of(role)
        opened = self.metadata.opened
        if name == opened.artifact:
            return load_artifact(self._directory(), name, opened.files, trust)[0]
        return load_file(self._directory() / name, opened.files[name], trust)

    def load_pipeline(self, *, safe: bool = False, trusted: Sequence[str] = ()) -> Pipeline:
        """Return the model together with the object of role ``preprocessor``, where there is one.

        :raises UsageError: as for :meth:`load`; or more than one file has the role.
        :raises DigestMismatch: as for :meth:`load`.
        :raises Refused: as for :meth:`load`.
        """
        from modelyard.api.loading import Trust, load_pipeline

        return load_pipeline(self._directory(), self.metadata.opened, Trust(safe=safe, types=tuple(trusted)))

    @contextmanager
    def opened(self) -> Iterator[tuple[VersionDirectory, Path]]:
        """Give the version's directory as Git holds it, and where its files stand once they are pulled."""
        with self._origin.reading() as snapshot:
            directory = snapshot.version(self.id)
            yield directory, self._origin.target(directory)

    def _directory(self) -> Path:
        """Return where the version's files stand, pulled and verified once."""
        with self._origin.reading() as snapshot:
            target = self._origin.target(snapshot.version(self.id))
        if not self._pulled:
            self.pull()
            self._pulled = True
        return target

    def _name_of(self, role: str | None) -> str:
        from modelyard.api.loading.roles import path_of_role

        opened = self.metadata.opened
        return path_of_role(role, opened.files, artifact=opened.artifact, version_id=self.id)
