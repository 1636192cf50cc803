"""Where a registry is read from: a clone of ours, or a copy of somebody else's repository."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.addresses import is_address
from modelyard.api.cache_place import cache_directory
from modelyard.api.mirror_origin import MirrorOrigin
from modelyard.errors import UsageError
from modelyard.git.failures import NotARepository
from modelyard.git.location import locate
from modelyard.values import dataclass

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from modelyard.api.checkout import Checkout
    from modelyard.git.objects import ObjectReader
    from modelyard.names import VersionId
    from modelyard.refs import Ref
    from modelyard.snapshot import Snapshot
    from modelyard.storage.cache import Cache
    from modelyard.storage.remotes import Source
    from modelyard.version_directory import VersionDirectory

__all__ = ["CloneOrigin", "MirrorOrigin", "Origin", "cache_directory", "open_origin"]


def open_origin(where: str | os.PathLike[str], *, as_of: str | None = None, offline: bool = False) -> Origin:
    """Return the registry at a path or an address.

    :param as_of: a day, a time or a commit: the registry as it was then.
    :param offline: whether nothing may be fetched: of an address, what was fetched before is read, and no remote is
        asked for what the cache lacks.
    :raises UsageError: a path holds no repository, or there is nothing at it, or there was no registry then.
    :raises NotFinished: an address can't be reached.
    """
    path = Path(where)
    checkout = _checkout(path) if path.is_dir() else None
    if checkout and as_of is None:
        return CloneOrigin(checkout, offline=offline)
    if checkout and as_of is not None:
        from modelyard.api.time_travel import commit_as_of

        return CloneOrigin(checkout, commit_as_of(checkout, as_of), offline=offline)
    # A bare repository has no work tree to put anything into: it is read like an address.
    if not path.is_dir() and not is_address(str(where)) and not path.exists():
        raise UsageError(f"there is no directory {where}", hint="check the path, or give the URL of a Git repository")
    return MirrorOrigin(str(where), as_of=as_of, offline=offline)


def _checkout(path: Path) -> Checkout | None:
    """Return the clone that holds a directory, None where that is a bare repository."""
    try:
        location = locate(path)
    except NotARepository as error:
        raise NotARepository(
            error.message, hint="cd into a clone of the registry, or name it: --repo PATH|URL"
        ) from None
    if location.work_tree is None:
        return None
    from modelyard.api.checkout import Checkout

    return Checkout(location)


@dataclass(frozen=True)
class CloneOrigin:
    """The registry as the last commit of a clone on this machine holds it, or an earlier one.

    :param commit: the full id of an earlier commit that it is read from.
    :param offline: whether no remote may be asked.
    """

    checkout: Checkout
    commit: str | None = None
    offline: bool = False

    @property
    def is_past(self) -> bool:
        """Whether it is read as it was, and not as it is."""
        return self.commit is not None

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
    def held(self) -> Iterator[None]:
        """Do nothing: a clone can move on at any time, and is asked each time."""
        yield

    @contextmanager
    def objects(self) -> Iterator[ObjectReader]:
        """Open the clone's Git objects."""
        with self.checkout.reading() as reader:
            yield reader

    @property
    def cache(self) -> Cache:
        """The clone's own DVC cache, shared with ``dvc``."""
        return self.checkout.cache

    def expect(self, ref: Ref, snapshot: Snapshot) -> None:
        """Do nothing: a clone has all that a reference may need."""

    def expect_version(self, version_id: VersionId, snapshot: Snapshot) -> None:
        """Do nothing: a clone has all of a version that Git holds."""

    def source(self, _snapshot: Snapshot, remote: str | None) -> Source:
        """Return the remote by the settings that were reviewed, and the clone's own."""
        if self.offline:
            from modelyard.storage.unasked import UnaskedRemote

            return UnaskedRemote("run the same command without --offline")
        return self.checkout.remote(remote)

    @property
    def trusted(self) -> Path | None:
        """The work tree: no link that a commit brought into it is followed when something is written."""
        return self.checkout.root

    def target(self, version: VersionDirectory) -> Path:
        """Return the version's own directory, where ``dvc pull`` puts files too."""
        return self.checkout.root / version.path


Origin = CloneOrigin | MirrorOrigin
