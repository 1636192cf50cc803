"""The registry, as a program sees it: one class, of what a program wants to know and to do."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.origin import CloneOrigin
from modelyard.api.registry.drafts import Drafts
from modelyard.api.registry.guards import Guards
from modelyard.api.registry.lifecycle import Lifecycle
from modelyard.api.registry.records import Records
from modelyard.api.registry.registration import Registration
from modelyard.api.registry.stages import Stages
from modelyard.api.registry.stores import Stores
from modelyard.api.registry.versions import Versions

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

__all__ = ["Registry"]


class Registry(Versions, Registration, Stages, Lifecycle, Stores, Guards, Records, Drafts):
    """A registry in a clone on this machine, or at the address of a Git repository.

    Reading answers from one commit: the last one of the clone, or that of the default branch.

    >>> registry = Registry("https://git.example.org/models.git")  # doctest: +SKIP
    >>> model = registry["fraud@production"].load()  # doctest: +SKIP

    :param where: a directory inside the clone, or a URL.
    :param as_of: a day, a time or a commit: the registry as it was then, to be read only.
    :param offline: whether nothing may be fetched: of an address, what was fetched before is read.
    :raises UsageError: the directory is in no Git repository, or there was no registry then.
    """

    def publishing(self, tell: Callable[[str], None] | None = None) -> Registry:
        """Return the same registry, of which every change goes to a branch that is pushed, with a pull request.

        Token and library of the forge are looked for when a change is asked for; see
        :class:`modelyard.api.publishing.Publisher`. A change that is asked for twice is opened once.

        :param tell: is told, as a sentence, why and how long we wait for the forge; where it is None, nobody is.
        """
        registry = copy(self)
        registry._tell = tell or (lambda _sentence: None)  # noqa: SLF001 - one of our own kind
        return registry

    @classmethod
    def init(cls, directory: str | os.PathLike[str] = ".", *, remote: str | None = None) -> Registry:
        """Make a directory a registry, and return it; see :func:`modelyard.api.founding.found_registry`.

        :param remote: URL of the DVC remote; a directory beside the repository without it.
        """
        from modelyard.api.founding import found_registry

        return cls(found_registry(Path(directory), remote=remote).root)

    @property
    def is_clone(self) -> bool:
        """Whether this is a clone that can be written to, and not an address that is only read."""
        return isinstance(self._origin, CloneOrigin)
