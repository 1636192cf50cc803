"""A registry that was opened, and what the calls on it have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.origin import CloneOrigin, open_origin
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from modelyard.api.checkout import Checkout

__all__ = ["Opened"]


class Opened:
    """Where a registry is read from, and the clone that is written to; see :class:`modelyard.Registry`."""

    def __init__(self, where: str | os.PathLike[str] = ".", *, as_of: str | None = None, offline: bool = False) -> None:
        self._origin = open_origin(where, as_of=as_of, offline=offline)
        self._tell: Callable[[str], None] | None = None

    def _checkout(self) -> Checkout:
        if not isinstance(self._origin, CloneOrigin):
            raise UsageError("only a clone can be written to", hint="git clone the registry, and name the clone")
        if self._origin.commit:
            raise UsageError("what was cannot be written to", hint="open the registry without as_of")
        return self._origin.checkout.publishing(self._tell) if self._tell else self._origin.checkout

    def _clone(self, what: str = "has a past") -> Checkout:
        if not isinstance(self._origin, CloneOrigin):
            raise UsageError(f"only a clone {what}", hint="git clone the registry, and name the clone")
        return self._origin.checkout

    @property
    def _commit(self) -> str | None:
        return self._origin.commit if isinstance(self._origin, CloneOrigin) else None
