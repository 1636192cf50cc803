"""Counting: what a registry holds by now, and what its history adds to that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.chronicle import read_history
from modelyard.git.references import main_line
from modelyard.history.figures import count

if TYPE_CHECKING:
    from modelyard.api.repository import Repository
    from modelyard.history.figures import Figures
    from modelyard.names import ModelName

__all__ = ["count_registry"]


def count_registry(repository: Repository) -> Figures:
    """Return the figures of the registry on the main branch.

    :raises UsageError: there is no registry.
    :raises NotFinished: the clone's history is cut off.
    """
    with repository.reading() as reader:
        tip = reader.commit_id(main_line(repository.location))
        events = read_history(repository)
        snapshot = repository.commit(reader, tip)
        sizes: dict[ModelName, list[int]] = {name: [] for name in snapshot.model_names}
        for version in snapshot.each(snapshot.version_ids):
            metadata = version.metadata.value if version.metadata else None
            sizes[version.id.name].append(metadata.size if metadata else 0)
        goal = snapshot.policy.stages[-1].name if snapshot.policy.stages else None
    return count(events, sizes, goal)
