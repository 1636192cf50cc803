"""A registry that is read at an address: through a copy of ours, of which only what is asked for is fetched."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from shlex import quote
from typing import TYPE_CHECKING

from modelyard.api.cache_place import cache_directory
from modelyard.dvc_files import DVC_CONFIG
from modelyard.errors import NotFinished, UsageError
from modelyard.git.failures import MissingObject, OutOfReach
from modelyard.git.urls import scrubbed
from modelyard.values import cached_property

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelyard.git.mirror import Mirror
    from modelyard.git.objects import ObjectReader
    from modelyard.names import VersionId
    from modelyard.refs import Ref
    from modelyard.snapshot import Snapshot
    from modelyard.storage.cache import Cache
    from modelyard.storage.dvcconfig import RemoteSettings
    from modelyard.storage.remotes import Source
    from modelyard.version_directory import VersionDirectory

__all__ = ["MirrorOrigin"]

_AFTERWARDS = (
    "modelyard.api.expecting",
    "modelyard.api.waiting",
    "modelyard.api.pulling",
    "modelyard.storage.connect",
    "modelyard.storage.receiving",
)


class MirrorOrigin:
    """The registry as the default branch of another repository holds it, or held it, in a bare copy of ours.

    :param as_of: a day, a time, a commit, a branch or a tag.
    :param offline: whether nothing may be fetched.
    """

    def __init__(self, url: str, *, as_of: str | None = None, offline: bool = False) -> None:
        self._url = url
        self._as_of = as_of
        self._offline = offline
        self._wanted: Ref | None = None
        self._held: Snapshot | None = None

    @property
    def is_past(self) -> bool:
        """Whether it is read as it was, and not as it is."""
        return self._as_of is not None

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Fetch the commit where that was not done yet, and give its snapshot."""
        if self._held:
            yield self._held
            return
        with self.objects() as reader:
            from modelyard.snapshot import Snapshot
            from modelyard.tree import CommitTree

            snapshot = Snapshot(CommitTree(reader, self._mirror.commit))
            if not snapshot.exists:
                raise UsageError(f"there is no registry at {scrubbed(self._url)}", hint="check --repo")
            yield snapshot

    @contextmanager
    def held(self) -> Iterator[None]:
        """Read all that is asked in the block through one snapshot and one git process."""
        with self.reading() as snapshot:
            self._held = snapshot
            try:
                yield
            finally:
                self._held = None

    @contextmanager
    def objects(self) -> Iterator[ObjectReader]:
        """Open the copy's Git objects.

        :raises NotFinished: something is needed that was never fetched, and nothing may be fetched; or the copy was
            damaged, and is removed.
        """
        try:
            with self._mirror.open() as reader:
                yield reader
        except OutOfReach as error:
            raise NotFinished(f"{error.message}, and nothing is fetched offline", hint=self._online) from None
        except MissingObject as error:
            if not self._mirror.discard_damaged():
                raise
            message = f"the copy of {scrubbed(self._url)!r} in the cache was damaged, and is removed: {error.message}"
            raise NotFinished(message, hint=self._online) from None

    def expect(self, ref: Ref, snapshot: Snapshot) -> None:
        """Fetch all that resolving a reference and pulling what it means will read, at once."""
        from modelyard.api.expecting import expected_paths

        self._wanted = ref
        if not self._offline:
            snapshot.tree.read_many(expected_paths(ref, snapshot))

    def expect_version(self, version_id: VersionId, snapshot: Snapshot) -> None:
        """Fetch all that delivering a version will read, at once."""
        from modelyard.api.expecting import delivered_paths

        if not self._offline:
            snapshot.tree.read_many(delivered_paths(version_id, snapshot))

    @property
    def cache(self) -> Cache:
        """Our own cache, for all registries together: objects are named by their content."""
        from modelyard.storage.cache import Cache

        return Cache(cache_directory())

    def source(self, snapshot: Snapshot, remote: str | None) -> Source:
        """Return the remote by the configuration that is committed beside the registry."""
        from modelyard.api.embedded import TreeBlobs, embedded_directory
        from modelyard.storage.blob_remote import BlobRemote
        from modelyard.storage.connect import connect

        if self._offline:
            from modelyard.storage.unasked import UnaskedRemote

            return UnaskedRemote(self._online)
        root = self._mirror.location.git_dir
        data = self._dvc_config(snapshot)
        settings = _settings(data, root, remote)
        inside = embedded_directory(settings, root)
        if inside is not None:
            return BlobRemote(settings.name, TreeBlobs(snapshot.tree), inside)
        if settings.directory and not _is_absolute(data, settings.directory):
            raise UsageError(
                f"remote {settings.name!r} is a directory beside the registry's clones, which this machine has not",
                hint="clone the registry and pull there, or give the remote an absolute path or a URL",
            )
        return connect(settings, scratch=cache_directory() / "incoming")

    @property
    def trusted(self) -> Path | None:
        """None: nobody else writes to our cache."""
        return None

    def target(self, version: VersionDirectory) -> Path:
        """Return a directory of our cache that is this registry's and this version's own."""
        return cache_directory() / "versions" / self._mirror.location.git_dir.name / version.id.directory

    def _dvc_config(self, snapshot: Snapshot) -> bytes:
        """Return the configuration of the default branch, as far as it is known: what an old one names may be gone."""
        if self._as_of is None:
            return snapshot.tree.read_many([DVC_CONFIG]).get(DVC_CONFIG, b"")
        from modelyard.git.mirror import mirror

        directory = cache_directory() / "registries"
        try:
            newest = mirror(self._url, directory, offline=True)
        except OutOfReach:
            newest = mirror(self._url, directory)
        from modelyard.tree import CommitTree

        with newest.open() as reader:
            return CommitTree(reader, newest.commit).read_many([DVC_CONFIG]).get(DVC_CONFIG, b"")

    @cached_property
    def _mirror(self) -> Mirror:
        from modelyard.git.mirror import mirror

        directory = cache_directory() / "registries"
        try:
            revision = self._revision(directory)
            return mirror(
                self._url, directory, revision=revision, offline=self._offline, meanwhile=_import_what_follows
            )
        except OutOfReach as error:
            raise NotFinished(f"{error.message}, and nothing is fetched offline", hint=self._online) from None

    def _revision(self, directory: Path) -> str:
        if self._as_of is None:
            return "HEAD"
        from modelyard.api.time_travel import mirrored_commit_as_of

        return mirrored_commit_as_of(self._url, directory, self._as_of, offline=self._offline) or self._as_of

    @property
    def _online(self) -> str:
        """What gets what is missing."""
        if self._wanted is None:
            return "run the same command without --offline"
        when = f" --as-of {quote(self._as_of)}" if self._as_of else ""
        return f"modelyard pull {self._wanted} --repo {quote(scrubbed(self._url))}{when}"


def _import_what_follows() -> None:
    """Begin to import what comes after a fetch: while git fetches, which takes as long."""
    from importlib import import_module
    from threading import Thread

    def imports() -> None:
        # Whoever needs what cannot be imported meets it again. And a command that ends early ends the interpreter
        # below us, which then refuses some.
        with suppress(Exception):
            for name in _AFTERWARDS:
                import_module(name)

    Thread(target=imports).start()


def _settings(data: bytes, root: Path, remote: str | None) -> RemoteSettings:
    from modelyard.storage import dvcconfig

    return dvcconfig.parse(data, directory=root / ".dvc").remote(remote)


def _is_absolute(data: bytes, directory: Path) -> bool:
    # The parser has made every path absolute, so the text itself has to say which ones were.
    return str(directory).encode() in data
