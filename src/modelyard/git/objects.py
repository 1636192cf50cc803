"""Objects, read through one persistent git process: the hot path of every validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from modelyard.errors import NotFinished, UsageError
from modelyard.git.batch import Batch
from modelyard.git.commits import parse_commit
from modelyard.git.failures import LeftOut, MissingObject, TooLarge
from modelyard.git.formats import parse_tree
from modelyard.git.references import head_id
from modelyard.git.revisions import require_revision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType

    from modelyard.git.batch import ObjectInfo, Sink
    from modelyard.git.commits import Commit
    from modelyard.git.formats import ObjectKind, TreeEntry
    from modelyard.git.location import Location

__all__ = ["MAX_BLOB", "ObjectReader"]

MAX_BLOB = 1 << 20
"""Bytes that are read of one blob unless told otherwise."""

_MAX_TREE = 1 << 26
_UNSHALLOW = "git fetch --unshallow; in a CI job set fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab) for the checkout"


@final
class ObjectReader:
    """Reads the objects of one repository; a context manager, for one thread at a time.

    The git process starts with the first question and ends with the context. Objects that are added
    meanwhile are seen.

    :param supply: is given the ids of objects that were asked for at once and are not here, and brings them.
    """

    def __init__(self, location: Location, *, supply: Callable[[list[str]], object] | None = None) -> None:
        self.location = location
        self._supply = supply
        self._batch = Batch(location)
        self._commits: dict[str, Commit] = {}
        self._trees: dict[str, dict[str, TreeEntry]] = {}

    def __enter__(self) -> ObjectReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the git process; a further question would start another."""
        self._batch.close()

    def after_fork(self) -> None:
        """Start a git process of our own with the next question: the one of our parent answers our parent."""
        self._batch.abandon()

    def head(self) -> str | None:
        """Return the full id of the commit that is checked out, None where there is none yet.

        :raises MissingObject: the repository does not hold the commit.
        """
        found = self._find_commit("HEAD")
        lost = None if found else head_id(self.location)
        if lost:
            raise MissingObject(f"commit {lost} is missing from the repository or corrupt", hint="git fsck")
        return found

    def commit_id(self, revision: str) -> str:
        """Return the full id of the commit that the revision names.

        :raises UsageError: the text is not a revision, or nothing here has that name.
        :raises NotFinished: nothing here has that name, and the clone's history is cut off.
        """
        found = self._find_commit(require_revision(revision))
        if found:
            return found
        if self.location.is_shallow:
            raise NotFinished(f"revision {revision!r} is not in this shallow clone", hint=_UNSHALLOW)
        if revision == "HEAD":
            raise UsageError("there is no commit here yet", hint="modelyard init, and commit what it writes")
        raise UsageError(f"revision {revision!r} names no commit here", hint="git fetch --all")

    def finds(self, revision: str) -> bool:
        """Whether the revision, a full id or a full reference, names a commit that is here."""
        return self._find_commit(require_revision(revision)) is not None

    def commit(self, commit_id: str) -> Commit:
        """Return the commit with this full id; each is read once.

        :raises MissingObject: the repository does not hold it.
        :raises NotFinished: it is malformed.
        """
        if commit_id not in self._commits:
            self._commits[commit_id] = _parsed_commit(commit_id, self.raw_commit(commit_id))
        return self._commits[commit_id]

    def load_commits(self, commit_ids: Iterable[str]) -> None:
        """Read many commits in one batch, so that :meth:`commit` answers for them at once.

        :raises MissingObject: the repository does not hold one of them.
        :raises NotFinished: one is malformed.
        """
        wanted = [commit_id for commit_id in dict.fromkeys(commit_ids) if commit_id not in self._commits]
        for info in self._look_up(wanted, "commit"):
            if info.size > MAX_BLOB:
                raise TooLarge(f"commit {info.id}", size=info.size, limit=MAX_BLOB)
        for commit_id, raw in zip(wanted, self._batch.contents(wanted), strict=True):
            self._commits[commit_id] = _parsed_commit(commit_id, raw)

    def raw_commit(self, commit_id: str) -> bytes:
        """Return the bytes of the commit object with this full id, signature and all.

        :raises MissingObject: the repository does not hold it.
        """
        return self._content(commit_id, "commit", limit=MAX_BLOB)

    def tree_id(self, commit_id: str) -> str:
        """Return the id of the root tree of the commit with this full id.

        :raises MissingObject: the repository does not hold the commit.
        """
        return self.commit(commit_id).tree

    def entries(self, tree_id: str) -> tuple[TreeEntry, ...]:
        """Return the entries of the tree, in Git's order; each tree is read once.

        :raises MissingObject: the repository does not hold it.
        :raises NotFinished: it is malformed.
        """
        return tuple(self.listing(tree_id).values())

    def listing(self, tree_id: str) -> Mapping[str, TreeEntry]:
        """Return the entries of the tree by name, in Git's order; each tree is read once.

        :raises MissingObject: the repository does not hold it.
        :raises NotFinished: it is malformed.
        """
        self.load([tree_id])
        return self._trees[tree_id]

    def raw_trees(self, tree_ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield each tree once, as its id and its bytes, and keep none of them.

        :raises MissingObject: the repository does not hold one of them.
        """
        wanted = self._of_fair_size(tree_ids)
        yield from zip(wanted, self._batch.contents(wanted), strict=True)

    def load(self, tree_ids: Iterable[str]) -> None:
        """Read many trees in one batch, so that :meth:`entries` answers for them at once.

        :raises MissingObject: the repository does not hold one of them.
        :raises NotFinished: one is malformed.
        """
        wanted = self._of_fair_size(tree_id for tree_id in tree_ids if tree_id not in self._trees)
        for tree_id, raw in zip(wanted, self._batch.contents(wanted), strict=True):
            try:
                self._trees[tree_id] = {entry.name: entry for entry in parse_tree(raw, self.location.algorithm)}
            except ValueError as error:
                raise NotFinished(f"tree {tree_id} is malformed: {error}", hint="git fsck") from error

    def trees_at(self, commit_ids: Iterable[str], path: str) -> list[str | None]:
        """Return the id of the folder at the path in each commit, None where it has none.

        :param path: without a line break.
        """
        found = self._batch.info([f"{commit_id}:{path}" for commit_id in commit_ids])
        return [info.id if info and info.kind == "tree" else None for info in found]

    def size(self, blob_id: str) -> int:
        """Return the size of the blob in bytes.

        :raises MissingObject: the repository does not hold it.
        """
        return self._look_up([blob_id], "blob")[0].size

    def blob(self, blob_id: str, *, limit: int = MAX_BLOB) -> bytes:
        """Return the bytes of the blob.

        :raises MissingObject: the repository does not hold it.
        :raises TooLarge: it has more than ``limit`` bytes.
        """
        return self._content(blob_id, "blob", limit=limit)

    def blobs(self, blob_ids: Iterable[str], *, limit: int = MAX_BLOB) -> dict[str, bytes]:
        """Return the bytes of many blobs, without those that have more than ``limit`` bytes.

        :raises MissingObject: the repository does not hold one of them.
        """
        wanted = list(dict.fromkeys(blob_ids))
        small = [info.id for info in self._look_up(wanted, "blob") if info.size <= limit]
        return dict(zip(small, self._batch.contents(small), strict=True))

    def stream(self, blob_id: str, target: Sink) -> None:
        """Write the bytes of the blob to the target, in pieces of at most 1 MiB.

        :raises MissingObject: the repository does not hold it.
        """
        self._look_up([blob_id], "blob")
        self._batch.stream(blob_id, target)

    def _of_fair_size(self, tree_ids: Iterable[str]) -> list[str]:
        wanted = list(dict.fromkeys(tree_ids))
        for info in self._look_up(wanted, "tree"):
            if info.size > _MAX_TREE:
                raise TooLarge(f"tree {info.id}", size=info.size, limit=_MAX_TREE)
        return wanted

    def _find_commit(self, revision: str) -> str | None:
        info = self._batch.info([f"{revision}^{{commit}}"])[0]
        return info.id if info else None

    def _content(self, object_id: str, kind: ObjectKind, *, limit: int) -> bytes:
        info = self._look_up([object_id], kind)[0]
        if info.size > limit:
            raise TooLarge(f"{kind} {object_id}", size=info.size, limit=limit)
        return next(self._batch.contents([object_id]))

    def _look_up(self, ids: list[str], kind: ObjectKind) -> list[ObjectInfo]:
        found = []
        for object_id, info in zip(ids, self._infos(ids), strict=True):
            if info is None:
                if self.location.is_partial:
                    raise LeftOut(object_id)
                raise MissingObject(f"{kind} {object_id} is missing from the repository or corrupt", hint="git fsck")
            if info.kind != kind:
                raise MissingObject(f"object {object_id} is a {info.kind}, not a {kind}", hint="git fsck")
            found.append(info)
        return found

    def _infos(self, ids: list[str]) -> list[ObjectInfo | None]:
        infos = self._batch.info(ids)
        lacking = [object_id for object_id, info in zip(ids, infos, strict=True) if info is None]
        if not lacking or self._supply is None:
            return infos
        self._supply(lacking)
        return self._batch.info(ids)


def _parsed_commit(commit_id: str, raw: bytes) -> Commit:
    try:
        return parse_commit(commit_id, raw)
    except ValueError as error:
        raise NotFinished(f"commit {commit_id} is malformed: {error}", hint="git fsck") from error
