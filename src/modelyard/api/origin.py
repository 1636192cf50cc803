"""Where a registry is read from: a clone of ours, or a copy of somebody else's repository."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.checkout import Checkout
from modelyard.errors import UsageError
from modelyard.git.failures import NotARepository
from modelyard.git.location import locate
from modelyard.git.objects import ObjectReader
from modelyard.git.urls import is_address, scrubbed
from modelyard.snapshot import Snapshot
from modelyard.tree import CommitTree
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.git.mirror import Mirror
    from modelyard.storage.cache import Cache
    from modelyard.storage.remotes import Source
    from modelyard.version_directory import VersionDirectory

__all__ = ["CloneOrigin", "MirrorOrigin", "Origin", "cache_directory", "open_origin"]


def cache_directory() -> Path:
    """Return our cache folder: ``$MODELYARD_CACHE``, else ``modelyard`` in the XDG cache folder."""
    named = os.environ.get("MODELYARD_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelyard"


def open_origin(where: str | os.PathLike[str], *, as_of: str | None = None) -> Origin:
    """Return the registry at a path or an address.

    :param as_of: a day, a time or a commit: the registry as it was then; only a clone has a past.
    :raises UsageError: a path holds no repository, or there is nothing at it, or there was no registry then.
    :raises NotFinished: an address can't be reached.
    """
    path = Path(where)
    checkout = _checkout(path) if path.is_dir() else None
    if checkout and as_of is None:
        return CloneOrigin(checkout)
    if checkout and as_of is not None:
        from modelyard.api.time_travel import commit_as_of

        return CloneOrigin(checkout, commit_as_of(checkout, as_of))
    if as_of is not None:
        from shlex import quote

        raise UsageError(
            f"only a clone has a past, and {scrubbed(str(where))} is none",
            hint=f"git clone {quote(scrubbed(str(where)))}, and ask there",
        )
    if path.is_dir():
        # A bare repository has no work tree to put anything into: it is read like an address.
        return MirrorOrigin(str(where))
    if not is_address(str(where)) and not path.exists():
        raise UsageError(f"there is no directory {where}", hint="check the path, or give the URL of a Git repository")
    return MirrorOrigin(str(where))


def _checkout(path: Path) -> Checkout | None:
    """Return the clone that holds a directory, None where that is a bare repository."""
    try:
        location = locate(path)
    except NotARepository as error:
        raise NotARepository(
            error.message, hint="cd into a clone of the registry, or name it: --repo PATH|URL"
        ) from None
    return Checkout(location) if location.work_tree else None


@dataclass(frozen=True)
class CloneOrigin:
    """The registry as the last commit of a clone on this machine holds it, or an earlier one.

    :param commit: the full id of an earlier commit that it is read from.
    """

    checkout: Checkout
    commit: str | None = None

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Open the clone's objects, and give the snapshot of HEAD."""
        with self.checkout.reading() as reader:
            snapshot = self.checkout.commit(reader, self.commit or "HEAD")
            if self.commit and not snapshot.exists:
                raise UsageError(
                    f"commit {self.commit[:12]} holds no registry", hint="modelyard history says when it was founded"
                )
            yield self.checkout.require_registry(snapshot)

    @contextmanager
    def objects(self) -> Iterator[ObjectReader]:
        """Open the clone's Git objects."""
        with self.checkout.reading() as reader:
            yield reader

    @property
    def cache(self) -> Cache:
        """The clone's own DVC cache, shared with ``dvc``."""
        return self.checkout.cache

    def source(self, _snapshot: Snapshot, remote: str | None) -> Source:
        """Return the remote by the clone's configuration, local settings included."""
        return self.checkout.remote(remote)

    def target(self, version: VersionDirectory) -> Path:
        """Return the version's own directory, where ``dvc pull`` puts files too."""
        return self.checkout.root / version.path


class MirrorOrigin:
    """The registry as the default branch of another repository holds it, in a bare copy of ours."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._mirror: Mirror | None = None

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Fetch the default branch's commit where that was not done yet, and give its snapshot."""
        mirror = self._fetched()
        with ObjectReader(mirror.location) as reader:
            snapshot = Snapshot(CommitTree(reader, mirror.commit))
            if not snapshot.exists:
                raise UsageError(f"there is no registry at {self._url}", hint="check --repo")
            yield snapshot

    @contextmanager
    def objects(self) -> Iterator[ObjectReader]:
        """Open the copy's Git objects."""
        with ObjectReader(self._fetched().location) as reader:
            yield reader

    @property
    def cache(self) -> Cache:
        """Our own cache, for all registries together: objects are named by their content."""
        from modelyard.storage.cache import Cache

        return Cache(cache_directory())

    def source(self, snapshot: Snapshot, remote: str | None) -> Source:
        """Return the remote by the configuration that is committed beside the registry."""
        from modelyard.api.embedded import TreeBlobs, embedded_directory
        from modelyard.storage import dvcconfig
        from modelyard.storage.blob_remote import BlobRemote
        from modelyard.storage.connect import connect

        root = self._fetched().location.git_dir
        data = snapshot.tree.read_many([".dvc/config"]).get(".dvc/config", b"")
        settings = dvcconfig.parse(data, directory=root / ".dvc").remote(remote)
        inside = embedded_directory(settings, root)
        if inside is not None:
            return BlobRemote(settings.name, TreeBlobs(snapshot.tree), inside)
        if settings.directory and not _is_absolute(data, settings.directory):
            raise UsageError(
                f"remote {settings.name!r} is a directory beside the registry's clones, which this machine has not",
                hint="clone the registry and pull there, or give the remote an absolute path or a URL",
            )
        return connect(settings, scratch=cache_directory() / "incoming")

    def target(self, version: VersionDirectory) -> Path:
        """Return a directory of our cache that is this registry's and this version's own."""
        return cache_directory() / "versions" / self._fetched().location.git_dir.name / version.id.directory

    def _fetched(self) -> Mirror:
        if self._mirror is None:
            from modelyard.git.mirror import mirror

            self._mirror = mirror(self._url, cache_directory() / "registries")
        return self._mirror


def _is_absolute(data: bytes, directory: Path) -> bool:
    # The parser has made every path absolute, so the text itself has to say which ones were.
    return str(directory).encode() in data


Origin = CloneOrigin | MirrorOrigin
