"""Where the bytes of a registry are kept: cache and remotes, filled, verified and tidied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.registry.opened import Opened

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.api.collecting import Collected, Keeping
    from modelyard.api.locating import Located
    from modelyard.api.pushing import Sent
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot
    from modelyard.storage.progress import Progress
    from modelyard.storage.verification import Verification

__all__ = ["Stores"]


class Stores(Opened):
    """A registry whose bytes lie in a cache and in remotes."""

    def verify(
        self,
        *references: str,
        remote: bool = False,
        deep: bool = False,
        shard: str | None = None,
        anew: bool = False,
        jobs: int = 1,
        scheduler: str | None = None,
        progress: Progress | None = None,
    ) -> Verification:
        """Look at the objects of versions where they are kept, and return what is wrong with them; change nothing.

        :param references: the versions; all of them where none is named.
        :param remote: whether the remotes are asked too, and not only the cache.
        :param deep: whether every byte is read.
        :param shard: ``2/5`` for the second of five parts of the objects.
        :param anew: whether what an interrupted deep run found right is read again.
        :param jobs: processes that read; with more than one, the program's own module must be importable.
        :param scheduler: the address of a Dask scheduler whose workers read instead.
        :raises UsageError: a reference means nothing, or something that is needed is not installed.
        :raises Refused: the documents of a version have faults.
        """
        from modelyard.api.crews import crew
        from modelyard.api.verifying import verify_versions
        from modelyard.api.waiting import resolve_committed
        from modelyard.storage.progress import SILENT
        from modelyard.storage.shards import WHOLE, Shard
        from modelyard.storage.verification import Scrutiny

        scrutiny = Scrutiny(remote, deep, Shard.parse(shard) if shard else WHOLE, anew)
        with self._origin.reading() as snapshot, crew(jobs=jobs, scheduler=scheduler) as check:
            named = [resolve_committed(each, self._origin, snapshot) for each in references]
            return verify_versions(
                self._origin,
                snapshot,
                sorted(set(named)) if references else snapshot.version_ids,
                scrutiny,
                crew=check,
                progress=progress or SILENT,
            )

    def push(self, *words: str | Path, read_back: bool = False, progress: Progress | None = None) -> tuple[Sent, ...]:
        """Store what the remotes lack of versions; see :func:`modelyard.api.pushing.push_versions`.

        :param words: references, or paths of version directories; everything in the work tree where none is given.
        :param read_back: whether what was stored is read again, byte by byte.
        :raises UsageError: a word means no version here.
        :raises NotFinished: an object is neither here nor there, or a remote cannot be reached.
        """
        from modelyard.api.pushing import push_versions
        from modelyard.storage.progress import SILENT

        checkout = self._checkout()
        work = checkout.require_registry(checkout.work_tree())
        found = [self._meant(word, work) for word in words] if words else work.version_ids
        return push_versions(checkout, work, sorted(set(found)), read_back=read_back, progress=progress or SILENT)

    def collect(self, keeping: Keeping | None = None, *, remote: bool = False, do: bool = False) -> Collected:
        """Mark and delete what nobody needs; see :func:`modelyard.api.collecting.collect_garbage`.

        :param remote: whether the default remote is tidied, and not the clone's cache.
        :param do: whether it is done; it is only planned without it.
        """
        from modelyard.api.collecting import Keeping, collect_garbage

        return collect_garbage(self._checkout(), keeping or Keeping(), remote=remote, do=do)

    def locate(
        self, reference: str, *paths: str, remote: str | None = None, expires: int = 3600
    ) -> tuple[Located, ...]:
        """Return where other tools can fetch the files of a version; see :class:`modelyard.api.locating.Located`.

        :param paths: files as the metadata names them; all of them where none is given.
        :param remote: name of the DVC remote; the one that the version names otherwise.
        :param expires: seconds that a presigned address is good for.
        :raises UsageError: there is no such file, or the remote has no addresses.
        :raises NotFinished: a file is not in the remote, or the remote cannot be reached.
        """
        from modelyard.api.locating import locate_files
        from modelyard.api.waiting import resolve_committed

        with self._origin.reading() as snapshot:
            version = snapshot.version(resolve_committed(reference, self._origin, snapshot))
            source = self._origin.source(snapshot, remote or version.require_metadata().dvc_remote)
            return locate_files(version, source, paths=paths, expires=expires)

    def _meant(self, word: str | Path, work: Snapshot) -> VersionId:
        from modelyard.errors import UsageError
        from modelyard.names import InvalidName, VersionId
        from modelyard.refs import Ref
        from modelyard.resolve import resolve

        if isinstance(word, str):
            return resolve(Ref.parse(word), work)
        try:
            version_id = VersionId.from_directory(word.name)
        except InvalidName as invalid:
            raise UsageError(f"{word.name} is no version's directory", hint="modelyard push NAME@VERSION") from invalid
        if not work.has(version_id):
            raise UsageError(f"{version_id} is not in the work tree", hint=f"modelyard list {version_id.name}")
        return version_id
