"""One model version, as a program sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.api.loading import load_file
from modelyard.api.pulling import pull_version
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

    from modelyard.api.origin import Origin
    from modelyard.api.pulling import Pulled
    from modelyard.documents.metadata import Metadata
    from modelyard.names import VersionId
    from modelyard.storage.progress import Progress
    from modelyard.storage.transfer import Fetched

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

    def path(self, role: str | None = None) -> Path:
        """Return the path of the artifact, or of the one file with a role, pulled and verified.

        :raises UsageError: no file, or more than one, has the role.
        """
        name = self._name_of(role)
        with self._origin.reading() as snapshot:
            target = self._origin.target(snapshot.version(self.id))
        if not self._pulled:
            self.pull()
            self._pulled = True
        return target / name

    def load(self, role: str | None = None) -> Any:
        """Return the model, or the object with a role such as ``preprocessor``.

        :raises UsageError: the format is not loaded by modelyard, or its library is not installed.
        :raises DigestMismatch: bytes are not what was reviewed; nothing was loaded.
        """
        name = self._name_of(role)
        if name not in self.metadata.files:
            raise UsageError(
                f"the artifact of {self.id} is a directory", hint="load its files yourself, below version.path()"
            )
        return load_file(self.path(role), self.metadata.files[name])

    def _name_of(self, role: str | None) -> str:
        if role is None or (role == "model" and self.metadata.artifact):
            return self.metadata.artifact
        names = self.metadata.files_with_role(role)
        if len(names) == 1:
            return names[0]
        roles = sorted({record.role for record in self.metadata.files.values()})
        count = "more than one file" if names else "no file"
        raise UsageError(f"{self.id} has {count} with role {role!r}", hint=f"roles here: {', '.join(roles)}")
