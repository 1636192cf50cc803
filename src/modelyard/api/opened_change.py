"""A change, opened: its two commits, ready to be read, and why the one is the base of the other."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelyard.api.ancestry import Base
from modelyard.api.base import find_base
from modelyard.api.past import past_of
from modelyard.api.repository import Repository
from modelyard.errors import UsageError
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelyard.git.objects import ObjectReader
    from modelyard.rules.transition import Past
    from modelyard.snapshot import Snapshot

__all__ = ["AUTO", "OpenedChange", "commit_of", "how_to_found", "opened_change"]

AUTO = "auto"
"""The base that is found by itself: the commit that the change starts from."""


@dataclass(frozen=True)
class OpenedChange:
    """A change whose two commits can be read as long as it is open.

    :param base_reason: why that is the base, as a phrase.
    :param everything: whether the head brings no change, so that all of it has to be judged.
    """

    repository: Repository
    reader: ObjectReader
    base: Snapshot
    head: Snapshot
    base_reason: str
    everything: bool

    @property
    def past(self) -> Past:
        """The history before the change; where nothing was there before, that of the head."""
        return past_of(self.reader, self.base.tree.commit or self.head.tree.commit)


@contextmanager
def opened_change(start: Path, *, base: str, head: str) -> Iterator[OpenedChange]:
    """Open both ends of a change for reading.

    :param base: a revision, or :data:`AUTO`.
    :raises UsageError: a revision is not one, or there is no registry on either side.
    :raises NotFinished: the base is not in this clone.
    """
    repository = Repository.at(start)
    with repository.reading() as reader:
        head_id = commit_of(reader, head)
        if base == AUTO:
            found = find_base(repository.location, reader, head_id)
        else:
            found = Base(reader.commit_id(base), "as asked for")
        before = repository.commit(reader, found.commit) if found.commit else repository.nothing()
        after = repository.commit(reader, head_id)
        if not before.exists and not after.exists:
            raise UsageError(f"neither {base} nor {head} holds a registry", hint=how_to_found(repository))
        yield OpenedChange(repository, reader, before, after, found.reason, found.everything)


def commit_of(reader: ObjectReader, revision: str) -> str:
    """Return the full id of the commit that a revision means.

    :raises UsageError: it means none.
    """
    if revision == "HEAD" and reader.head() is None:
        raise UsageError("there is no commit to judge yet", hint="modelyard validate --staged")
    return reader.commit_id(revision)


def how_to_found(repository: Repository) -> str:
    """Return what to do where a repository has no registry yet, as a hint."""
    work_tree = repository.location.work_tree
    return f"modelyard init {shlex.quote(str(work_tree))}" if work_tree else "push a branch that holds one"
