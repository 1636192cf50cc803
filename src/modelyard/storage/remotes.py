"""Remotes: where the objects of a registry are kept, whatever keeps them.

A remote is only a place. It answers with bytes that it calls an object; :mod:`modelyard.storage.transfer`
decides whether they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from modelyard.storage.progress import Progress

__all__ = ["Absent", "Arrival", "Interrupted", "Outgoing", "Part", "Ranged", "Remote", "Request", "Resumable", "Source"]


class Absent(Exception):
    """The remote has nothing under that name."""


class Interrupted(Exception):
    """What was asked did not come, or not whole, and may come when it is asked again.

    :param reason: what happened, as the end of a sentence: "the connection was cut".
    :param after: seconds that the remote wants us to wait, where it said so.
    """

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


@dataclass(frozen=True)
class Request:
    """An object to fetch; more than ``limit`` bytes of it are not of interest."""

    oid: str
    limit: int


@dataclass(frozen=True)
class Arrival:
    """What a remote has under an object's name, or None where it has nothing."""

    oid: str
    stream: BinaryIO | None


@dataclass(frozen=True)
class Outgoing:
    """An object to push, and the file that holds it."""

    oid: str
    path: Path


class Source(Protocol):
    """A place that objects can be read from. Every method takes many, since a call may be slow."""

    @property
    def name(self) -> str:
        """The remote's name in the configuration."""

    def describe(self) -> str:
        """Return name and address for a message, without credentials."""

    def place(self, oid: str) -> str:
        """Return name and address of one object, or of what would be it, without credentials."""

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """Return the sizes in bytes of those objects that are there.

        :raises NotFinished: the remote cannot be reached.
        """

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Yield an arrival for each request, in order; its stream is closed when the next one is asked for.

        :raises NotFinished: the remote cannot be reached.
        """


@runtime_checkable
class Resumable(Source, Protocol):
    """A source that several threads may read at once, and each object of it from any byte on."""

    def read(self, request: Request, start: int) -> AbstractContextManager[Iterator[bytes]]:
        """Give the object's bytes from that offset on, in pieces of about a megabyte at most.

        Whoever has enough of them stops. The pieces may raise what this raises.

        :raises Absent: there is no such object.
        :raises Interrupted: the remote did not answer, or not to the end.
        :raises NotFinished: the remote refuses.
        """


@dataclass(frozen=True)
class Part:
    """What a remote sends when it is asked for a range of an object.

    :param pieces: the bytes from the asked offset on.
    :param is_range: whether they are the range; otherwise they go on to the end of the object.
    :param total: the size of the whole object, where the remote says it.
    :param tag: what names exactly this content of the object, where the remote has such a thing.
    """

    pieces: Iterator[bytes]
    is_range: bool
    total: int | None = None
    tag: str | None = None


@runtime_checkable
class Ranged(Resumable, Protocol):
    """A source that may have more to give over several connections than over one."""

    def part(self, request: Request, start: int, stop: int, *, tag: str | None = None) -> AbstractContextManager[Part]:
        """Give the object's bytes from one offset up to another; the pieces may raise what this raises.

        :param tag: that of an earlier part, which this one has to be of too.
        :raises Absent: there is no such object.
        :raises Interrupted: the remote did not answer, or not to the end, or the object is another one by now.
        :raises NotFinished: the remote refuses.
        """


class Remote(Source, Protocol):
    """A place that objects can be written to as well."""

    def push_many(self, objects: Sequence[Outgoing], *, progress: Progress) -> Mapping[str, int]:
        """Store the objects, each whole or not at all, and return the sizes that they have there.

        :raises NotFinished: the remote cannot be reached, is full, or refuses.
        """
