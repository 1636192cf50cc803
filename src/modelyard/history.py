"""Who promoted what, when, by which merge: the history of stages along first parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import stage as stage_document
from modelyard.documents.parsed import parse
from modelyard.documents.stage import Promotion
from modelyard.git.history import first_parent_log
from modelyard.snapshot import stage_path
from modelyard.tree import CommitTree
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.git.history import LogEntry
    from modelyard.git.objects import ObjectReader
    from modelyard.names import ModelName, Version

__all__ = ["StageEvent", "stage_events"]


@dataclass(frozen=True)
class StageEvent:
    """One commit, on the way that the main branch took, that changed what a stage holds.

    :param promotion: what the stage held from then on; None where the model left it, or where the
        document could not be read.
    """

    entry: LogEntry
    promotion: Promotion | None

    @property
    def versions(self) -> frozenset[Version]:
        """The versions that were in the stage from then on."""
        return self.promotion.versions if self.promotion else frozenset()


def stage_events(reader: ObjectReader, commit: str, stage: str, name: ModelName) -> Iterator[StageEvent]:
    """Yield what happened to a model in a stage, newest first.

    :param commit: a full id; the history that ends there is read.
    :raises NotFinished: the clone's history is cut off.
    """
    path = stage_path(stage, name)
    for entry in first_parent_log(reader.location, commit, path):
        data = CommitTree(reader, entry.commit).read_many([path]).get(path)
        parsed = parse(path, data, stage_document.SCHEMA, Promotion) if data is not None else None
        yield StageEvent(entry, parsed.value if parsed else None)
