"""The registries of an application, each opened once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.addresses import is_address
from modelyard.api.origin import open_origin

if TYPE_CHECKING:
    from modelyard.api.origin import Origin

__all__ = ["Registries"]


class Registries:
    """Opens registries by the addresses that an application writes.

    :param directory: the application's own, which a relative path starts from.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._opened: dict[tuple[str, str | None], Origin] = {}

    def origin(self, address: str, *, commit: str | None = None) -> Origin:
        """Return the registry at an address or a path; nothing is fetched yet.

        :param commit: the full id of a commit that it is read from; what it says by now without one.
        :raises UsageError: there is nothing at a path.
        """
        key = (address, commit)
        if key not in self._opened:
            self._opened[key] = open_origin(self.place(address), as_of=commit)
        return self._opened[key]

    def place(self, address: str) -> str:
        """Return the address as it means the same from every directory."""
        return address if is_address(address) else str(self._directory / Path(address).expanduser())
