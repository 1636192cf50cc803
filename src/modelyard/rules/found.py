"""What was found of artifacts' bytes: of those at hand by looking at them, of the others by asking a remote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.sealed import Sealed
    from modelyard.formats.imports import Imports
    from modelyard.formats.keras import Layers
    from modelyard.version_directory import VersionDirectory

__all__ = ["ArtifactBytes", "FoundBytes", "FoundManifest", "RemoteAnswers"]


@dataclass(frozen=True)
class FoundBytes:
    """Digests of bytes that lie at hand; ``size`` in bytes, ``md5`` as DVC names the object."""

    sha256: str
    md5: str
    size: int


@dataclass(frozen=True)
class FoundManifest:
    """DVC's manifest of a directory: the md5 of each file by relative path, or why it may not be followed."""

    files: Mapping[str, str] = field(default_factory=dict)
    fault: str | None = None


class ArtifactBytes(Protocol):
    """Where artifacts can be looked at without a network: the work tree and DVC's cache."""

    def find(self, version: VersionDirectory, file: str) -> FoundBytes | None:
        """Return the digests of a file that the metadata names, or None where it is not at hand."""

    def manifest(self, oid: str) -> FoundManifest | None:
        """Return the manifest of a directory, or None where it is not at hand."""

    def format(self, version: VersionDirectory, file: str) -> str | None:
        """Return the format that a file's own bytes tell, or None where it is not at hand."""

    def imports(self, version: VersionDirectory, file: str, declared: str) -> Imports | None:
        """Return what a pickle-based file would import, or None where it is not at hand."""

    def layers(self, version: VersionDirectory, file: str) -> Layers | None:
        """Return what the layers of a Keras model bring along, or None where it is not at hand."""

    def stated_wrongly(self, version: VersionDirectory, file: str, sealed: Sealed) -> str | None:
        """Return how a sealed file is other than stated; None where it is not, or is not at hand."""


@dataclass(frozen=True)
class RemoteAnswers:
    """What a remote said of the objects of the versions that are judged.

    :param described: name and address of the remote, without credentials.
    :param sizes: size in bytes of each file's object that is there.
    :param manifests: manifest of each directory whose object is there.
    :param failure: why there is no answer at all, where there is none.
    :param remedy: what helps against that on this machine, where anything does.
    """

    described: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    manifests: Mapping[str, FoundManifest] = field(default_factory=dict)
    failure: str | None = None
    remedy: str | None = None
