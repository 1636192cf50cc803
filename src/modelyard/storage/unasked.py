"""A remote that nobody may ask: what the cache lacks stays away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from modelyard.errors import NotFinished

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from modelyard.storage.remotes import Arrival, Request

__all__ = ["UnaskedRemote"]


class UnaskedRemote:
    """Stands for the remote of a registry that is read offline.

    :param remedy: the command that asks it.
    """

    name = "unasked"

    def __init__(self, remedy: str) -> None:
        self._remedy = remedy

    def describe(self) -> str:
        """Return what it stands for."""
        return "the registry's remote"

    def place(self, oid: str) -> str:
        """Return the object's name, and what it stands for."""
        return f"object {oid} of the registry's remote"

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """Refuse.

        :raises NotFinished: always.
        """
        self._refuse(oids)

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Refuse.

        :raises NotFinished: always.
        """
        self._refuse([request.oid for request in requests])

    def _refuse(self, oids: Sequence[str]) -> NoReturn:
        more = f" (and {len(oids) - 1} more)" if len(oids) > 1 else ""
        raise NotFinished(
            f"object {oids[0]}{more} is not in the cache, and nothing is fetched offline", hint=self._remedy
        )
