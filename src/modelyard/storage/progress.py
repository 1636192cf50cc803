"""How far a transfer is: a protocol for whoever wants to show it."""

from __future__ import annotations

from typing import Protocol

__all__ = ["SILENT", "Progress"]


class Progress(Protocol):
    """Told of bytes as they are written."""

    def advance(self, count: int) -> None:
        """Count bytes that are on the disk or in the remote, whether or not they turn out right."""

    def done(self) -> None:
        """Nothing more will come."""


class _Silent:
    def advance(self, count: int) -> None:
        """Say nothing."""

    def done(self) -> None:
        """Say nothing."""


SILENT: Progress = _Silent()
