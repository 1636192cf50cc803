"""How far a transfer is: a protocol for whoever wants to show it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

__all__ = ["SILENT", "CountsFiles", "Progress", "arrived"]


class Progress(Protocol):
    """Told of bytes as they are written."""

    def advance(self, count: int) -> None:
        """Count bytes that are on the disk or in the remote, whether or not they turn out right."""

    def done(self) -> None:
        """Nothing more will come."""


@runtime_checkable
class CountsFiles(Protocol):
    """Progress that wants to be told of whole files too."""

    def arrived(self, count: int) -> None:
        """Count files that are here and verified."""


def arrived(progress: Progress, count: int = 1) -> None:
    """Tell of files that are here and verified, if that is wanted."""
    if isinstance(progress, CountsFiles):
        progress.arrived(count)


class _Silent:
    def advance(self, count: int) -> None:
        """Say nothing."""

    def done(self) -> None:
        """Say nothing."""


SILENT: Progress = _Silent()
