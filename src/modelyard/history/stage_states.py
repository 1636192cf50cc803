"""What one stage held of one model, state by state: what gates and roll backs ask of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.stage import Promotion
from modelyard.git.file_line import file_line
from modelyard.history.states import States
from modelyard.snapshot import stage_path
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.git.file_line import Folders
    from modelyard.git.line import LineCommit
    from modelyard.git.objects import ObjectReader
    from modelyard.names import ModelName, Version

__all__ = ["StageEvent", "stage_events"]


@dataclass(frozen=True)
class StageEvent:
    """One commit, on the way that the main branch took, that changed what a stage holds.

    :param promotion: what the stage held from then on; None where the model left it, or where the
        document could not be read.
    """

    entry: LineCommit
    promotion: Promotion | None

    @property
    def versions(self) -> frozenset[Version]:
        """The versions that were in the stage from then on."""
        return self.promotion.versions if self.promotion else frozenset()


def stage_events(
    reader: ObjectReader, commit: str, stage: str, name: ModelName, *, kept: Folders | None = None
) -> Iterator[StageEvent]:
    """Yield what happened to a model in a stage, newest first.

    :param commit: a full id; the history that ends there is read.
    :param kept: as for :func:`modelyard.git.file_line.file_line`.
    :raises NotFinished: the clone's history is cut off.
    """
    path = stage_path(stage, name)
    line = list(file_line(reader, commit, path, kept=kept))
    states = States(reader, (change.after for each in line for change in each.changes))
    for each in line:
        state = states.promotion(path, each.changes[0].after)
        yield StageEvent(each, state if isinstance(state, Promotion) else None)
