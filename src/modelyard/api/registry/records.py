"""What is on record: all about one version, what happened, and the figures of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.registry.opened import Opened

if TYPE_CHECKING:
    from modelyard.api.showing import ShownVersion
    from modelyard.history.event import Event
    from modelyard.history.figures import Figures
    from modelyard.history.placed import Placed

__all__ = ["Records"]


class Records(Opened):
    """A registry that is asked about what is and what was."""

    def show(self, reference: str) -> ShownVersion:
        """Return all that the registry says about the version that a reference means."""
        from modelyard.api.showing import show_version

        return show_version(self._origin, reference)

    def history(self, name: str | None = None, *, stage: str | None = None) -> tuple[Event, ...]:
        """Return what happened on the main branch, newest first; see :class:`modelyard.history.Event`.

        >>> registry.history("fraud", stage="production")[0].author  # doctest: +SKIP

        :param name: only what happened to this model, and ``stage`` only what happened in this stage.
        :raises UsageError: nothing of that kind happened.
        :raises NotFinished: the clone's history is cut off.
        """
        from modelyard.api.chronicle import read_history

        return read_history(self._clone(), name=name, stage=stage, head=self._commit)

    def blame(self, what: str) -> tuple[Placed, ...]:
        """Return where versions of a model are, and the events that put them there.

        :param what: ``fraud`` for all stages, ``fraud@production`` for one, ``fraud@1.2.0`` for one version.
        :raises UsageError: nothing of that is in a stage.
        """
        from modelyard.api.chronicle import blame

        return blame(self._clone(), what, head=self._commit)[0]

    def stats(self) -> Figures:
        """Return how many, how large, how old, how often, and how long it takes, on the main branch.

        :raises UsageError: there is no registry, or this is none of the present.
        """
        from modelyard.api.counting import count_registry

        return count_registry(self._checkout())
